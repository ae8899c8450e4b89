"""URLs of newsletters and policies. ``RESERVED_SLUGS`` lists the segments before a slug."""

from django.urls import URLPattern, URLResolver, include, path

from newsletter.models import PolicyVersion
from newsletter.views import links, manage, sign_up
from newsletter.views.policies import PolicyView
from newsroom.page_cache import shared

app_name = "newsletter"

_newsletters = [
    path("", shared(sign_up.NewsletterListView.as_view()), name="list"),
    path("confirm/<str:token>/", links.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", links.unsubscribe, name="unsubscribe"),
    path("change/old/<str:token>/", links.change_at_old, name="change-at-old"),
    path("change/new/<str:token>/", links.change_at_new, name="change-at-new"),
    path("manage/<str:token>/", manage.manage, name="manage"),
    path("manage/<str:token>/on/<slug:slug>/", manage.subscribe, name="manage_subscribe"),
    path("manage/<str:token>/off/<slug:slug>/", manage.unsubscribe, name="manage_unsubscribe"),
    path("manage/<str:token>/agree/", manage.agree_to_new_policies, name="agree_to_new_policies"),
    path("manage/<str:token>/address/", manage.change_address, name="change_address"),
    path("manage/<str:token>/data.json", manage.download_data, name="download_data"),
    path("manage/<str:token>/erase/", manage.erase, name="erase"),
    path("manage/<str:token>/link/", manage.new_link, name="new_link"),
    path("<slug:slug>/", shared(sign_up.NewsletterView.as_view()), name="newsletter"),
    path("<slug:slug>/sign-up/", sign_up.sign_up, name="sign_up"),
    path("<slug:slug>/requested/", sign_up.RequestedView.as_view(), name="requested"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("newsletters/", include(_newsletters))]
for document in PolicyVersion.Document:
    view = shared(PolicyView.as_view(document=document.value))
    urlpatterns += [
        path(f"{document.value}/", view, name=document.value),
        path(f"{document.value}/<int:number>/", view, name=f"{document.value}_version"),
    ]
