"""
The floor of the pages' benchmark: Django with one view that returns as many bytes as a page has.

Served and asked like the site; no database, no template, no middleware.
"""

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

application = get_wsgi_application()
#: The size of an article's page.
BYTES = b"x" * 30_720


def page(request):
    return HttpResponse(BYTES, headers={"Content-Length": str(len(BYTES))})


urlpatterns = [path("polls/", page), path("floor/", page)]
