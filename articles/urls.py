"""The readers' addresses. Hubs stand last, since they match any first part."""

from django.urls import path

from articles import views

app_name = "articles"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("titles/<slug:slug>/", views.TitleView.as_view(), name="title"),
    path("topics/<slug:slug>/", views.TopicView.as_view(), name="topic"),
    path("authors/<slug:slug>/", views.AuthorView.as_view(), name="author"),
    path("share/<str:token>/", views.ShareView.as_view(), name="share"),
    path("<slug:slug>/", views.HubView.as_view(), name="hub"),
    path("<slug:hub>/<slug:slug>/", views.ArticleView.as_view(), name="article"),
]
