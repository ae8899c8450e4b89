import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_desk"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="decorative",
            field=models.BooleanField(
                default=False,
                help_text="The picture tells nothing that the text beside it doesn't tell: a mood, an ornament. Those who can't see it are then spared a description.",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="fallback_width",
            field=models.PositiveSmallIntegerField(
                default=0, editable=False, help_text="In pixels; 0: there is no fallback yet."
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="focus_x",
            field=models.PositiveSmallIntegerField(
                default=50,
                help_text="Focal point, in per cent of the width.",
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="from the left, %",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="focus_y",
            field=models.PositiveSmallIntegerField(
                default=50,
                help_text="Focal point, in per cent of the height.",
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="from the top, %",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="made_before",
            field=models.CharField(blank=True, editable=False, max_length=7),
        ),
        migrations.AddField(
            model_name="photo",
            name="made_for",
            field=models.CharField(blank=True, editable=False, max_length=7),
        ),
        migrations.AddField(
            model_name="photo",
            name="source_digest",
            field=models.CharField(
                editable=False,
                help_text="SHA-256 of the uploaded bytes.",
                max_length=64,
                null=True,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="photo",
            name="alt",
            field=models.CharField(
                blank=True,
                help_text="What the picture shows, for those who can't see it; empty only if the picture is decorative. An article may give a text of its own.",
                max_length=250,
                verbose_name="alternative text",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("alt", ""), ("decorative", True)),
                    models.Q(("decorative", False), models.Q(("alt", ""), _negated=True)),
                    _connector="OR",
                ),
                name="photo_alt_or_decorative",
                violation_error_message="A photo has an alternative text or is decorative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("focus_x__gte", 0),
                    ("focus_x__lte", 100),
                    ("focus_y__gte", 0),
                    ("focus_y__lte", 100),
                ),
                name="photo_focus_inside",
            ),
        ),
    ]
