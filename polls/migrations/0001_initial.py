import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import polls.models.poll


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Poll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=200)),
                (
                    "introduction",
                    models.TextField(
                        blank=True, help_text="Shown below the question.", max_length=600
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.", max_length=80, unique=True
                    ),
                ),
                (
                    "max_choices",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1: readers choose one answer. 2 or more: they can choose up to that many.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="choices per ballot",
                    ),
                ),
                (
                    "opens",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: voting opens as soon as the poll is saved.",
                        null=True,
                    ),
                ),
                (
                    "closes",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: voting stays open until you close the poll.",
                        null=True,
                    ),
                ),
                (
                    "result_visibility",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("after_voting", "After voting, and once the poll is closed"),
                            ("after_closing", "Once the poll is closed"),
                            ("staff_only", "Never: for staff only"),
                        ],
                        default="after_voting",
                        max_length=20,
                        verbose_name="result is shown",
                    ),
                ),
                (
                    "spoiler_warning",
                    models.CharField(
                        blank=True,
                        help_text="If the question or a choice is a spoiler: what it is about, such as “The ending of All of Us Are Dead”. Readers see this warning before they open the poll.",
                        max_length=150,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When the closing record was written. Empty while the poll is open.",
                        null=True,
                    ),
                ),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reworded",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Whether the wording was corrected.",
                    ),
                ),
                ("key", models.BinaryField(default=polls.models.poll.generate_key, max_length=32)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="polls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "permissions": [
                    ("close_poll", "Can close polls"),
                    ("reopen_poll", "Can reopen polls"),
                    ("archive_poll", "Can archive polls and bring them back"),
                    ("reword_poll", "Can correct the wording of polls with ballots"),
                    ("export_poll", "Can download the results of polls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("network", models.BinaryField(max_length=16)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted: they count"),
                            ("excluded", "Excluded: they don't count"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("ballots_decided", models.PositiveIntegerField()),
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
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ClosingRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("number", models.PositiveIntegerField()),
                ("document", models.TextField()),
                ("digest", models.CharField(max_length=64)),
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
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=150)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("voter", models.BinaryField(max_length=16)),
                (
                    "choices",
                    models.CharField(
                        help_text="Primary keys of the choices in ascending order, separated by commas.",
                        max_length=400,
                    ),
                ),
                ("cast_at", models.DateTimeField()),
                ("network", models.BinaryField(max_length=16)),
                (
                    "held",
                    models.BooleanField(
                        help_text="Held back, since its network had reached the limit of ballots in an hour."
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="polls.decision",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("review_ballots", "Can accept or exclude ballots that are held back")
                ],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Rewording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("before", models.CharField(max_length=200)),
                ("after", models.CharField(max_length=200)),
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
                    "choice",
                    models.ForeignKey(
                        help_text="Empty if the question was corrected.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewordings",
                        to="polls.choice",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewordings",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="poll",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens", None),
                    ("closes", None),
                    ("opens__lt", models.F("closes")),
                    _connector="OR",
                ),
                name="poll_opens_before_it_closes",
            ),
        ),
        migrations.AddConstraint(
            model_name="poll",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_choices__gte", 1), ("max_choices__lte", 20)),
                name="poll_max_choices",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingrecord",
            constraint=models.UniqueConstraint(
                fields=("poll", "number"), name="closing_record_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(fields=("poll", "text"), name="choice_unique"),
        ),
        migrations.AddIndex(
            model_name="ballot",
            index=models.Index(fields=["poll", "held", "decision", "choices"], name="ballot_count"),
        ),
        migrations.AddIndex(
            model_name="ballot",
            index=models.Index(fields=["poll", "network", "cast_at"], name="ballot_network"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(
                fields=("poll", "voter"), name="ballot_unique_voter"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision", None), ("held", True), _connector="OR"),
                name="ballot_decided_only_if_held",
            ),
        ),
    ]
