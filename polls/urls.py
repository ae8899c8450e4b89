"""The polls' addresses, all below ``polls/``, where the reader's cookie belongs."""

from django.urls import path

from polls import views

app_name = "polls"

urlpatterns = [
    path("", views.PollListView.as_view(), name="list"),
    path("<slug:slug>/", views.PollView.as_view(), name="poll"),
    path("<slug:slug>/vote/", views.vote, name="vote"),
    path("<slug:slug>/result/", views.ResultView.as_view(), name="result"),
    path("<slug:slug>/results.json", views.results_json, name="results"),
]
