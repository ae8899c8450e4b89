"""Addresses of the polls. All are below ``polls/``, which is the path of the reader's cookie."""

from django.urls import path

from newsroom.page_cache import shared
from polls import views

app_name = "polls"

urlpatterns = [
    path("", shared(views.PollListView.as_view(), "page"), name="list"),
    path("<slug:slug>/", shared(views.PollView.as_view()), name="poll"),
    path("<slug:slug>/vote/", views.vote, name="vote"),
    path("<slug:slug>/result/", views.ResultView.as_view(), name="result"),
    path("<slug:slug>/results.json", shared(views.results_json), name="results"),
]
