import re
import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import newsletter.models.newsletter


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at_old", models.DateTimeField(null=True)),
                ("confirmed_at_new", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("confirmed", "Confirmed"),
                            ("agreed_again", "Agreed to new terms"),
                            ("unsubscribed", "Unsubscribed"),
                            ("address_changed", "Address changed"),
                            ("erased", "Erased"),
                            ("suppressed", "Suppressed"),
                            ("suppression_lifted", "Suppression lifted"),
                            ("lapsed", "Never confirmed, removed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("subject", models.UUIDField()),
                ("document", models.TextField()),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "verbose_name": "consent event",
                "ordering": ["-number"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Newsletter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="For example “Sci-Fi Weekly”.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.",
                        max_length=80,
                        unique=True,
                        validators=[newsletter.models.newsletter.validate_newsletter_slug],
                    ),
                ),
                (
                    "strapline",
                    models.CharField(
                        help_text="The line above the form, for example “Get sci-fi news direct to your inbox”.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True, help_text="What it is about, in plain text.", max_length=600
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        help_text="For example “Every Friday” or “Twice a month”.",
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="how often",
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        help_text="The name that messages come from.",
                        max_length=80,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                    ),
                ),
                (
                    "sender_address",
                    models.CharField(
                        help_text="An address at which you receive mail. Its domain must allow this site to send.",
                        max_length=254,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            ),
                            django.core.validators.EmailValidator(),
                        ],
                    ),
                ),
                (
                    "is_open",
                    models.BooleanField(
                        default=True,
                        help_text="If not, its form is shown nowhere. Subscribers stay, and can unsubscribe.",
                        verbose_name="open for sign-ups",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "permissions": [
                    ("export_subscribers", "Can download the subscribers of newsletters")
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("address", models.CharField(max_length=254)),
                ("address_key", models.CharField(max_length=254, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "permissions": [
                    ("view_address", "Can see whole addresses"),
                    ("unsubscribe_subscriber", "Can unsubscribe subscribers on request"),
                    ("resend_confirmation", "Can send confirmations again"),
                    ("suppress_subscriber", "Can suppress addresses, and lift that"),
                    ("export_subscriber", "Can download all data on a person"),
                    ("erase_subscriber", "Can erase subscribers"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="evidence",
                        serialize=False,
                        to="newsletter.consentevent",
                    ),
                ),
                ("salt", models.BinaryField(max_length=16)),
                ("document", models.TextField()),
            ],
            options={
                "verbose_name_plural": "evidence",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="consentevent",
            name="newsletter",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="newsletter.newsletter",
            ),
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="version")),
                (
                    "effective_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: as soon as it is saved. After that it can't be changed.",
                        verbose_name="takes effect on",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("withdrawal_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "document",
                    models.CharField(
                        choices=[("terms", "Terms and conditions"), ("privacy", "Privacy policy")],
                        max_length=10,
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(200000)],
                        verbose_name="text",
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="What has changed since the previous version, in plain text.",
                        max_length=1000,
                        verbose_name="summary of changes",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "policy version",
                "ordering": ["document", "-number"],
                "permissions": [("withdraw_policyversion", "Can withdraw versions of policies")],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(help_text="Later than received if too many came at once."),
                ),
                ("network", models.BinaryField(max_length=16)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("requested", "Confirmation requested"),
                            ("already_subscribed", "Already subscribed"),
                            ("too_soon", "A message was sent recently"),
                            ("suppressed", "Address suppressed"),
                            ("rate_limited", "Too many from one network, or in total"),
                            ("automated", "Submitted by a program"),
                        ],
                        default="queued",
                        max_length=20,
                    ),
                ),
                ("document", models.TextField(blank=True)),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ups",
                        to="newsletter.newsletter",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirm", "Please confirm"),
                            ("already_subscribed", "Already subscribed"),
                            ("receipt", "Receipt"),
                            ("link", "A new link"),
                            ("change_at_old", "Change of address, to the old one"),
                            ("change_at_new", "Change of address, to the new one"),
                        ],
                        max_length=20,
                    ),
                ),
                ("recipient", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up", models.BooleanField(default=False)),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="newsletter.addresschange",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="newsletter.consentevent",
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="newsletter.newsletter",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="addresschange",
            name="subscriber",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="address_changes",
                to="newsletter.subscriber",
            ),
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for confirmation"),
                            ("confirmed", "Confirmed"),
                            ("unsubscribed", "Unsubscribed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("unsubscribed_at", models.DateTimeField(null=True)),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="newsletter.newsletter",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "ordering": ["newsletter__name"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("address_hash", models.BinaryField(max_length=32, unique=True)),
                ("reason", models.CharField(max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subscriber",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suppression",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="version")),
                (
                    "effective_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: as soon as it is saved. After that it can't be changed.",
                        verbose_name="takes effect on",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("withdrawal_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "sentence",
                    models.CharField(
                        help_text="What the reader agrees to by signing up: who sends what, and how often. For example “Newsroom will send Sci-Fi Weekly to this address every Friday.”",
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="sentence at the form",
                    ),
                ),
                (
                    "button",
                    models.CharField(
                        default="Sign up",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]"),
                                "Write this on one line, without control characters.",
                                code="one_line",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="label of the button",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wordings",
                        to="newsletter.newsletter",
                    ),
                ),
            ],
            options={
                "ordering": ["newsletter", "-number"],
                "permissions": [("withdraw_wording", "Can withdraw wordings")],
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["subject", "number"], name="consent_subject"),
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["newsletter", "kind", "at"], name="consent_newsletter"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("effective_from__gte", models.F("created_at"))),
                name="policyversion_not_backdated",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                fields=("document", "number"), name="policy_version_number"
            ),
        ),
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(fields=["network", "due_at"], name="sign_up_network"),
        ),
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(fields=["due_at"], name="sign_up_due"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["recipient", "created_at"], name="message_recipient"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("given_up", False), ("sent_at", None)),
                fields=["due_at"],
                name="message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["newsletter", "state"], name="subscription_state"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "newsletter"), name="subscription_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("confirmed_at", None), _negated=True),
                    _connector="OR",
                ),
                name="subscription_confirmed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(("effective_from__gte", models.F("created_at"))),
                name="wording_not_backdated",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(
                fields=("newsletter", "number"), name="wording_number"
            ),
        ),
    ]
