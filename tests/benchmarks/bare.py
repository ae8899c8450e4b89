"""
The floor of the votes' benchmark: what Django does at least.

One view does the insert of a vote, into the same table, and asks nothing; one does nothing.
"""

import secrets

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

application = get_wsgi_application()
EMPTY = {"Content-Length": "0"}


def insert(request, poll):
    from polls.models import Ballot

    Ballot.objects.create(
        poll_id=poll,
        voter=secrets.token_bytes(16),
        choices=request.POST["choice"],
        cast_at=timezone.now(),
        network=secrets.token_bytes(16),
        held=False,
    )
    return HttpResponseRedirect(f"/{poll}/?vote=counted", headers=EMPTY)


def nothing(request):
    return HttpResponse(headers=EMPTY)


urlpatterns = [path("<int:poll>/vote/", insert), path("polls/", nothing), path("nothing/", nothing)]
