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
from newsletter.consent_texts import (
    CONSENT_LABEL_FORMAT,
    PRIVACY_NAME,
    TERMS_NAME,
    UNSUBSCRIBE_NOTE,
    ConsentTexts,
    Policies,
)


class TemplateFragment:
    """A layout object that renders a template file.

    crispy-forms' own HTML and Submit objects compile their text as a template, so they would
    execute template code in an editor's wording.
    """

    def __init__(self, template: str, **context: Any) -> None:
        self.template, self.context = template, context

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **more: Any
    ) -> str:
        """Return the rendered template."""
        return render_to_string(self.template, {"form": form, **self.context})


class AddressField(forms.CharField):
    """An e-mail address; ``cleaned_data`` has it normalised."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "maxlength": addresses.MAX_LENGTH})
    default_error_messages = {"required": "Enter your e-mail address."}

    def __init__(self, **kwargs: Any) -> None:
        # Not stripped: a line break is refused, not removed.
        super().__init__(**{"label": "E-mail address", "strip": False, **kwargs})

    def clean(self, value: Any) -> str:
        """Return the normalised address."""
        typed = super().clean(value)
        try:
            return addresses.normalise(typed)
        except addresses.InvalidAddress as error:
            raise forms.ValidationError(str(error), code="invalid") from error


def consent_label(policies: Policies) -> SafeString:
    """Return the label of the checkbox, with a link to the version of each policy."""
    link = '<a href="{}">{}</a>'
    return format_html(
        CONSENT_LABEL_FORMAT,
        terms=format_html(link, policies.terms.get_absolute_url(), TERMS_NAME),
        privacy=format_html(link, policies.privacy.get_absolute_url(), PRIVACY_NAME),
    )


def consent_field(policies: Policies) -> forms.BooleanField:
    """Return the checkbox: required, and never ticked in advance."""
    return forms.BooleanField(
        label=consent_label(policies),
        error_messages={"required": "Tick the box if you agree. Without that nobody can sign up."},
    )


class SignUpForm(forms.Form):
    """A newsletter's sign-up form: address, consent and the signed record of what it displays."""

    address = AddressField()
    shown = forms.CharField(widget=forms.HiddenInput)
    #: A honeypot: hidden from readers, so only programs fill it in.
    homepage = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    #: Displayed below the form.
    note = UNSUBSCRIBE_NOTE

    def __init__(
        self,
        texts: ConsentTexts,
        *args: Any,
        preview: bool = False,
        alert: str = "",
        **kwargs: Any,
    ) -> None:
        """``preview``: the form is disabled; ``alert``: displayed above the form."""
        super().__init__(*args, **{"auto_id": f"{texts.newsletter.slug}-%s", **kwargs})
        self.newsletter, self.preview, self.alert = texts.newsletter, preview, alert
        self.fields["agree"] = consent_field(texts.policies)
        self.helper = FormHelper()
        self.helper.form_action = reverse("newsletter:sign_up", args=[texts.newsletter.slug])
        # The page is shared by all readers: see newsroom.security.same_origin.
        self.helper.disable_csrf = True
        self.helper.attrs = {"data-sign-up-form": ""}
        self.helper.layout = Layout(
            "address",
            TemplateFragment("newsletter/includes/sentence.html", wording=texts.wording),
            "agree",
            TemplateFragment("newsletter/includes/honeypot.html"),
            "shown",
            TemplateFragment("newsletter/includes/submit.html", label=texts.wording.button),
        )


class SubscribeForm(forms.Form):
    """Subscribe to another newsletter, on a subscriber's own page."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, texts: ConsentTexts, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{texts.newsletter.slug}-%s", **kwargs})
        self.newsletter = texts.newsletter
        self.fields["agree"] = consent_field(texts.policies)


class NewPoliciesForm(forms.Form):
    """Agree to new policies, on a subscriber's own page."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, policies: Policies, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "again-%s", **kwargs})
        self.fields["agree"] = consent_field(policies)


class ChangeAddressForm(forms.Form):
    """Another address for a subscriber."""

    address = AddressField(label="New e-mail address")
