"""The forms that readers fill in, laid out by crispy-forms."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from newsletter import addresses
from newsletter.offers import AGREE, PRIVACY, TERMS, Offer, Policies


class Part:
    """A piece of a form's layout from a template of ours.

    crispy-forms' own pieces of text and buttons are templates themselves: what an editor writes
    would be run.
    """

    def __init__(self, template: str, **context: Any) -> None:
        self.template, self.context = template, context

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **more: Any
    ) -> str:
        """The piece as HTML."""
        return render_to_string(self.template, {"form": form, **self.context})


class AddressField(forms.CharField):
    """An address as it is typed; ``cleaned_data`` has it as it is stored."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "maxlength": addresses.MAX_LENGTH})
    default_error_messages = {"required": "Type your e-mail address."}

    def __init__(self, **kwargs: Any) -> None:
        # Not stripped: a line break at the end is no slip of the finger.
        super().__init__(**{"label": "E-mail address", "strip": False, **kwargs})

    def clean(self, value: Any) -> str:
        """Normalised."""
        typed = super().clean(value)
        try:
            return addresses.normalised(typed)
        except addresses.NoAddress as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal


def agreement(policies: Policies) -> SafeString:
    """The words at the checkbox, each policy linked in the version that is agreed to."""
    link = '<a href="{}">{}</a>'
    return format_html(
        AGREE,
        terms=format_html(link, policies.terms.get_absolute_url(), TERMS),
        privacy=format_html(link, policies.privacy.get_absolute_url(), PRIVACY),
    )


def agree_field(policies: Policies) -> forms.BooleanField:
    """The checkbox: never ticked beforehand, and required."""
    return forms.BooleanField(
        label=agreement(policies),
        error_messages={"required": "Tick the box if you agree. Without that nobody can sign up."},
    )


class SignUpForm(forms.Form):
    """The box: an address, the agreement, and what the form showed, signed."""

    address = AddressField()
    shown = forms.CharField(widget=forms.HiddenInput)
    #: Readers don't see it; who fills it is a machine.
    homepage = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, offer: Offer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{offer.newsletter.slug}-%s", **kwargs})
        self.offer = offer
        self.fields["agree"] = agree_field(offer.policies)
        self.helper = FormHelper()
        self.helper.form_action = reverse("newsletter:sign_up", args=[offer.newsletter.slug])
        self.helper.disable_csrf = (
            True  # the page is everybody's: see newsroom.security.same_origin
        )
        self.helper.attrs = {"data-sign-up-form": ""}
        self.helper.layout = Layout(
            "address",
            Part("newsletter/parts/sentence.html", offer=offer),
            "agree",
            Part("newsletter/parts/trap.html"),
            "shown",
            Part("newsletter/parts/submit.html", label=offer.wording.button),
        )


class TurnOnForm(forms.Form):
    """Another newsletter, for somebody whose link has proved the address."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, offer: Offer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{offer.newsletter.slug}-%s", **kwargs})
        self.offer = offer
        self.fields["agree"] = agree_field(offer.policies)


class AgreeAgainForm(forms.Form):
    """Newer terms, for a subscriber."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, policies: Policies, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "again-%s", **kwargs})
        self.fields["agree"] = agree_field(policies)


class ChangeAddressForm(forms.Form):
    """Where a subscriber wants the newsletters to go instead."""

    address = AddressField(label="New e-mail address")
