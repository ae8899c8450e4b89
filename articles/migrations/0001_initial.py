import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelsearch.index
from django.conf import settings
from django.db import migrations, models

import articles.blocks.video_links
import articles.models.hub
import articles.models.share_link
import articles.photos.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("newsletter", "0001_initial"),
        ("polls", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.", max_length=80, unique=True
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("headline", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        blank=True,
                        help_text="The last part of the address; may change later.",
                        max_length=120,
                    ),
                ),
                (
                    "standfirst",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences under the headline and on cards, free of spoilers.",
                        max_length=500,
                    ),
                ),
                (
                    "photo_alt",
                    models.CharField(
                        blank=True,
                        help_text="What matters about the photo here. If empty, the photo's own text is used.",
                        max_length=250,
                        verbose_name="alternative text",
                    ),
                ),
                (
                    "spoiler",
                    models.CharField(
                        choices=[
                            ("none", "No spoilers"),
                            ("marked", "Marked in the text"),
                            ("throughout", "Throughout"),
                        ],
                        default="none",
                        help_text="A spoiler box in the text changes “No spoilers” to “Marked in the text”.",
                        max_length=10,
                        verbose_name="spoiler flag",
                    ),
                ),
                (
                    "lead",
                    models.BooleanField(
                        default=False,
                        help_text="Shown at the top of the front page until there is a newer lead story.",
                        verbose_name="lead story",
                    ),
                ),
                (
                    "seo_title",
                    models.CharField(
                        blank=True,
                        help_text="If empty, the headline is used.",
                        max_length=120,
                        verbose_name="SEO title",
                    ),
                ),
                (
                    "seo_description",
                    models.CharField(
                        blank=True,
                        help_text="If empty, the standfirst is used.",
                        max_length=300,
                        verbose_name="SEO description",
                    ),
                ),
                (
                    "noindex",
                    models.BooleanField(
                        default=False,
                        help_text="Search engines are asked not to list it, and it isn't in the sitemaps. It is still shown on fronts and in feeds.",
                        verbose_name="hide from search engines",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="The number of the latest revision."
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("ready", "Ready"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, db_index=True, verbose_name="last changed"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-updated_at", "-id"],
                "permissions": [
                    ("publish_article", "Can publish, schedule, expire and withdraw articles"),
                    ("edit_any_article", "Can work on the articles of others"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Author",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.", max_length=80, unique=True
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True, help_text="Such as “Television editor”.", max_length=100
                    ),
                ),
                ("biography", models.TextField(blank=True, help_text="Plain text.")),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        help_text="The account may edit the articles that have this author's byline.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="author",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff account",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Byline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bylines",
                        to="articles.article",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bylines",
                        to="articles.author",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="authors",
            field=models.ManyToManyField(
                blank=True, related_name="articles", through="articles.Byline", to="articles.author"
            ),
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("live_from", models.DateTimeField()),
                ("live_until", models.DateTimeField(blank=True, null=True)),
                ("first_published", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("slug", models.SlugField(max_length=120)),
                ("headline", models.CharField(max_length=200)),
                ("standfirst", models.TextField(blank=True)),
                ("byline", models.TextField(blank=True)),
                ("summary", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True)),
                (
                    "safe_html",
                    models.TextField(
                        blank=True, help_text="The text as HTML for feeds, without spoilers."
                    ),
                ),
                ("photo_alt", models.CharField(blank=True, max_length=250)),
                (
                    "spoiler",
                    models.CharField(
                        choices=[
                            ("none", "No spoilers"),
                            ("marked", "Marked in the text"),
                            ("throughout", "Throughout"),
                        ],
                        max_length=10,
                    ),
                ),
                ("lead", models.BooleanField(default=False)),
                ("seo_title", models.CharField(blank=True, max_length=120)),
                ("seo_description", models.CharField(blank=True, max_length=300)),
                ("noindex", models.BooleanField(default=False)),
                (
                    "correction",
                    models.TextField(
                        blank=True, help_text="What this edition corrects, for readers."
                    ),
                ),
                ("content", models.JSONField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="articles.article",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="editions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-live_from", "-number"],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name="EditionAuthor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition_links",
                        to="articles.author",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="author_links",
                        to="articles.edition",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="authors",
            field=models.ManyToManyField(
                related_name="editions", through="articles.EditionAuthor", to="articles.author"
            ),
        ),
        migrations.CreateModel(
            name="EditionPoll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="poll_links",
                        to="articles.edition",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition_links",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hub",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The first part of the address of every article in this hub.",
                        max_length=80,
                        unique=True,
                        validators=[articles.models.hub.validate_hub_slug],
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="One sentence, shown at the top of the hub's front.",
                        max_length=300,
                    ),
                ),
                (
                    "accent",
                    models.CharField(
                        choices=[
                            ("crimson", "Crimson"),
                            ("amber", "Amber"),
                            ("moss", "Moss"),
                            ("teal", "Teal"),
                            ("cobalt", "Cobalt"),
                            ("violet", "Violet"),
                            ("rose", "Rose"),
                            ("slate", "Slate"),
                        ],
                        default="cobalt",
                        max_length=10,
                    ),
                ),
                (
                    "newsletter_on_front",
                    models.BooleanField(default=True, verbose_name="sign-up form on the front"),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The masthead shows hubs in this order, the lowest number first.",
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        blank=True,
                        help_text="Its sign-up form can be shown at the end of the hub's front.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hubs",
                        to="newsletter.newsletter",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="hub",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="editions",
                to="articles.hub",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="hub",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="articles.hub",
            ),
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "image",
                    articles.photos.fields.PhotoImageField(
                        height_field="height",
                        max_length=200,
                        upload_to=articles.photos.fields.random_name,
                        width_field="width",
                    ),
                ),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                (
                    "source_digest",
                    models.CharField(
                        editable=False,
                        help_text="SHA-256 of the uploaded bytes.",
                        max_length=64,
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "fallback_width",
                    models.PositiveSmallIntegerField(
                        default=0,
                        editable=False,
                        help_text="In pixels; 0 if there is no fallback yet.",
                    ),
                ),
                (
                    "focus_x",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="Focal point, in per cent of the width.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="from the left, %",
                    ),
                ),
                (
                    "focus_y",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="Focal point, in per cent of the height.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="from the top, %",
                    ),
                ),
                ("rendered_focus", models.CharField(blank=True, editable=False, max_length=7)),
                ("previous_focus", models.CharField(blank=True, editable=False, max_length=7)),
                (
                    "decorative",
                    models.BooleanField(
                        default=False,
                        help_text="The picture adds nothing to the text beside it, such as an ornament. Screen readers then skip it.",
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture shows, for readers who can't see it. Leave it empty only if the picture is decorative. An article may use its own text instead.",
                        max_length=250,
                        verbose_name="alternative text",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=300)),
                (
                    "credit",
                    models.CharField(
                        help_text="The photographer, artist or owner.", max_length=120
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alt", ""), ("decorative", True)),
                            models.Q(("decorative", False), models.Q(("alt", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="photo_alt_or_decorative",
                        violation_error_message="A photo has an alternative text or is decorative.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("focus_x__gte", 0),
                            ("focus_x__lte", 100),
                            ("focus_y__gte", 0),
                            ("focus_y__lte", 100),
                        ),
                        name="photo_focus_inside",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo_links",
                        to="articles.edition",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition_links",
                        to="articles.photo",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="photo",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="editions",
                to="articles.photo",
            ),
        ),
        migrations.AddField(
            model_name="author",
            name="photo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="authors",
                to="articles.photo",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="photo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="articles.photo",
                verbose_name="lead photo",
            ),
        ),
        migrations.CreateModel(
            name="PhotoBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "alt",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the photo's own text.",
                        max_length=250,
                        verbose_name="alternative text",
                    ),
                ),
                (
                    "caption",
                    models.CharField(
                        blank=True, help_text="Empty: the photo's own caption.", max_length=300
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="articles.photo",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PollBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="polls.poll",
                    ),
                ),
            ],
            options={
                "verbose_name": "poll",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PullQuoteBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                ("text", models.TextField(max_length=500)),
                ("attribution", models.CharField(blank=True, max_length=120)),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "pull quote",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="The reason for the save, if it wasn't an ordinary one.",
                        max_length=200,
                    ),
                ),
                ("content", models.JSONField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="articles.article",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="Your colleagues see this in the list of links.",
                        max_length=100,
                        verbose_name="for whom",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "expires_at",
                    models.DateTimeField(default=articles.models.share_link._default_expiry),
                ),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="share_links",
                        to="articles.article",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="share_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SignUpBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="newsletter.newsletter",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-up",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SpoilerEndBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "spoiler end",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TextBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "html",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(200000)],
                        verbose_name="text",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "text",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Title",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.", max_length=80, unique=True
                    ),
                ),
                ("original_name", models.CharField(blank=True, max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("series", "Series"),
                            ("film", "Film"),
                            ("game", "Game"),
                            ("book", "Book"),
                        ],
                        default="series",
                        max_length=10,
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of first release.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1000),
                            django.core.validators.MaxValueValidator(2200),
                        ],
                    ),
                ),
                (
                    "released",
                    models.DateField(
                        blank=True, help_text="The exact day, if it is known.", null=True
                    ),
                ),
                ("episodes", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "description",
                    models.TextField(blank=True, help_text="Plain text, free of spoilers."),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="titles",
                        to="articles.photo",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "year"],
            },
        ),
        migrations.CreateModel(
            name="SpoilerStartBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "season",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9999),
                        ],
                    ),
                ),
                (
                    "episode",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9999),
                        ],
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="Own words on the box, instead of title, season and episode.",
                        max_length=120,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it gives away; empty: the article's first title.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.title",
                    ),
                ),
            ],
            options={
                "verbose_name": "spoiler start",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EditionTitle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="title_links",
                        to="articles.edition",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition_links",
                        to="articles.title",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="titles",
            field=models.ManyToManyField(
                related_name="editions", through="articles.EditionTitle", to="articles.title"
            ),
        ),
        migrations.CreateModel(
            name="Availability",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("service", models.CharField(max_length=80)),
                (
                    "url",
                    models.URLField(
                        max_length=500,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                        verbose_name="link",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="availability",
                        to="articles.title",
                    ),
                ),
            ],
            options={
                "verbose_name": "place to watch",
                "verbose_name_plural": "where to watch",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ArticleTitle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="title_links",
                        to="articles.article",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="article_links",
                        to="articles.title",
                    ),
                ),
            ],
            options={
                "verbose_name": "title",
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="titles",
            field=models.ManyToManyField(
                blank=True,
                related_name="articles",
                through="articles.ArticleTitle",
                to="articles.title",
            ),
        ),
        migrations.CreateModel(
            name="EditionTopic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topic_links",
                        to="articles.edition",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition_links",
                        to="articles.topic",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="topics",
            field=models.ManyToManyField(
                related_name="editions", through="articles.EditionTopic", to="articles.topic"
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="articles", to="articles.topic"),
        ),
        migrations.CreateModel(
            name="VideoBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "url",
                    models.CharField(
                        help_text="Of the video's page at YouTube or Vimeo, as the browser shows it.",
                        max_length=300,
                        validators=[articles.blocks.video_links.validate_video],
                        verbose_name="address",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What the video shows; readers see it on the picture.",
                        max_length=150,
                        verbose_name="title",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown until the reader starts the video; empty: a plain area.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="videos",
                        to="articles.photo",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "video",
                "ordering": ["ordering", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(help_text="For staff.")),
                (
                    "notice",
                    models.TextField(
                        blank=True,
                        help_text="Shown to readers at the article's address, if there is one.",
                        verbose_name="public notice",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="withdrawals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="articles.edition",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="AdvertSlotBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "name",
                    models.SlugField(
                        help_text="The slot's name at the advert server.", max_length=60
                    ),
                ),
                (
                    "size",
                    models.CharField(
                        choices=[
                            ("300x250", "Rectangle, 300 × 250"),
                            ("320x100", "Large mobile banner, 320 × 100"),
                            ("728x90", "Leaderboard, 728 × 90"),
                            ("970x250", "Billboard, 970 × 250"),
                            ("300x600", "Half page, 300 × 600"),
                        ],
                        default="300x250",
                        max_length=10,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "advert slot",
                "ordering": ["ordering", "id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", "body")),
                        name="articles_advertslotblock_region",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="byline",
            constraint=models.UniqueConstraint(
                fields=("article", "author"),
                name="byline_unique",
                violation_error_message="This author already signs the article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionauthor",
            constraint=models.UniqueConstraint(
                fields=("author", "edition"), name="edition_author_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="editionpoll",
            constraint=models.UniqueConstraint(
                fields=("poll", "edition"), name="edition_poll_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="editionphoto",
            constraint=models.UniqueConstraint(
                fields=("photo", "edition"), name="edition_photo_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="photoblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_photoblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="pollblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_pollblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="pullquoteblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_pullquoteblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("article", "number"), name="revision_number_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="signupblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_signupblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="spoilerendblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_spoilerendblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="textblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_textblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="spoilerstartblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_spoilerstartblock_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="editiontitle",
            constraint=models.UniqueConstraint(
                fields=("title", "edition"), name="edition_title_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="availability",
            constraint=models.UniqueConstraint(
                fields=("title", "service"), name="availability_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="articletitle",
            constraint=models.UniqueConstraint(
                fields=("article", "title"),
                name="article_title_unique",
                violation_error_message="The article already names this title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="editiontopic",
            constraint=models.UniqueConstraint(
                fields=("topic", "edition"), name="edition_topic_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["-first_published", "-id"], name="edition_newest"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                fields=["hub", "-first_published", "-id"], name="edition_hub_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["hub", "slug"], name="edition_address"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["-live_from", "-number"], name="edition_latest"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                condition=models.Q(("live_until__isnull", False)),
                fields=["live_until"],
                name="edition_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                condition=models.Q(("lead", True)),
                fields=["-first_published", "-id"],
                name="edition_lead_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                fields=("article", "number"), name="edition_number_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("live_until__isnull", True),
                    ("live_until__gte", models.F("live_from")),
                    _connector="OR",
                ),
                name="edition_window_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(("live_from__gte", models.F("first_published"))),
                name="edition_first_published_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                condition=models.Q(("slug", ""), _negated=True),
                fields=("hub", "slug"),
                name="article_address_unique",
                violation_error_message="Another article in this hub has this address.",
            ),
        ),
        migrations.AddConstraint(
            model_name="videoblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", "body")), name="articles_videoblock_region"
            ),
        ),
    ]
