"""The pages of the terms and the privacy policy, in every version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.generic import View

from newsletter.models import PolicyVersion


class PolicyView(View):
    """A version of a policy; without ``number`` the one in force."""

    document = ""

    def get(self, request: HttpRequest, number: int | None = None) -> HttpResponse:
        now = timezone.now()
        versions = PolicyVersion.objects.filter(document=self.document).effective(now)
        in_force = PolicyVersion.objects.filter(document=self.document).valid(now).first()
        policy = in_force if number is None else get_object_or_404(versions, number=number)
        context: dict[str, Any] = {
            "policy": policy,
            "name": PolicyVersion.Document(self.document).label,
            "document": self.document,
            "in_force": in_force,
            "versions": versions.defer("body"),
            "withdrawn": policy is not None and policy.is_withdrawn(now),
        }
        return render(request, "newsletter/policy.html", context)
