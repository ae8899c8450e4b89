"""The newsletters' addresses, and those of the policies. What stands before a slug is reserved."""

from django.urls import path

from newsletter.models import PolicyVersion
from newsletter.views import links, manage, sign_up
from newsletter.views.policies import PolicyView

app_name = "newsletter"

urlpatterns = [
    path("newsletters/", sign_up.NewsletterListView.as_view(), name="list"),
    path("newsletters/confirm/<str:token>/", links.confirm, name="confirm"),
    path("newsletters/unsubscribe/<str:token>/", links.unsubscribe, name="unsubscribe"),
    path("newsletters/change/old/<str:token>/", links.change_at_old, name="change-at-old"),
    path("newsletters/change/new/<str:token>/", links.change_at_new, name="change-at-new"),
    path("newsletters/manage/<str:token>/", manage.manage, name="manage"),
    path("newsletters/manage/<str:token>/on/<slug:slug>/", manage.turn_on, name="turn_on"),
    path("newsletters/manage/<str:token>/off/<slug:slug>/", manage.turn_off, name="turn_off"),
    path("newsletters/manage/<str:token>/agree/", manage.agree_again, name="agree_again"),
    path("newsletters/manage/<str:token>/address/", manage.change_address, name="change_address"),
    path("newsletters/manage/<str:token>/data.json", manage.own_data, name="own_data"),
    path("newsletters/manage/<str:token>/erase/", manage.erase, name="erase"),
    path("newsletters/manage/<str:token>/link/", manage.new_link, name="new_link"),
    path("newsletters/<slug:slug>/", sign_up.NewsletterView.as_view(), name="newsletter"),
    path("newsletters/<slug:slug>/sign-up/", sign_up.sign_up, name="sign_up"),
    path("newsletters/<slug:slug>/requested/", sign_up.RequestedView.as_view(), name="requested"),
]
for document in PolicyVersion.Document:
    view = PolicyView.as_view(document=document.value)
    urlpatterns += [
        path(f"{document.value}/", view, name=document.value),
        path(f"{document.value}/<int:number>/", view, name=f"{document.value}_version"),
    ]
