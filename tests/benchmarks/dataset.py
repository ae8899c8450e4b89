"""
The benchmark's newsroom: so many published articles, made in a few statements of SQL.

Two articles are written and published the ordinary way, a long one and a short one. All others
are copies of their rows with a headline, an address, a time and a text to search of their own;
the long one is copied for the addresses that are measured, the short one for all others, so that
200,000 articles take little room. Titles grow with the articles, a hundred for each; hubs, topics
and authors are as many in a small newsroom as in a large one.
"""

import random
from datetime import timedelta
from itertools import accumulate, islice

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone
from modelsearch.backends import get_search_backend

from articles.blocks import (
    AdvertSlotBlock,
    PhotoBlock,
    PullQuoteBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
)
from articles.models import (
    Article,
    ArticleTitle,
    Author,
    Availability,
    Byline,
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionTitle,
    EditionTopic,
    Hub,
    Title,
    Topic,
)
from articles.photos.models import Photo
from articles.publishing import publish as publishing

HUBS = 8
TOPICS = 60
AUTHORS = 30
PHOTOS = 12
#: Between two publications.
MINUTES = 20
#: How many articles are long: those that are measured, and the newest, of which feeds are made.
LONG = 200
NEWEST = 60
#: Texts to search, and of how many words; each article's is two of them.
TEXTS = 2003
WORDS = 60
VOCABULARY = 6000
#: The first of each hundred thousand, so that numbers of copies are not those of the originals.
FIRST = 100_000

NUMBERS = "WITH RECURSIVE numbers (nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM numbers"
#: A moment so many minutes before the end, as both databases store it.
MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', '{end}', '-' || ({back}) || ' minutes')",
    "postgresql": "timestamptz '{end}+00' - ({back}) * interval '1 minute'",
}


def words(dice):
    """Invented words of two to four syllables, and how often each is used (Zipf)."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el")]
    found = {"".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(2 * VOCABULARY)}
    chosen = sorted(found)[:VOCABULARY]
    dice.shuffle(chosen)
    return chosen, list(accumulate(1 / rank for rank in range(1, len(chosen) + 1)))


class Prose:
    """Sentences of invented words, the same in each run."""

    def __init__(self):
        self.dice = random.Random(1)  # noqa: S311  (texts, not secrets)
        self.words, self.weights = words(self.dice)

    def say(self, number):
        """So many words, in sentences of twelve."""
        chosen = self.dice.choices(self.words, cum_weights=self.weights, k=number)
        sentences = (" ".join(chosen[at : at + 12]) for at in range(0, number, 12))
        return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


def _taxonomy(articles, prose):
    """Rows that articles are filed under; the keys of each kind are 1 and up."""
    accents = Hub.Accent.values
    Hub.objects.bulk_create(
        Hub(name=f"Hub {n}", slug=f"hub-{n}", accent=accents[n % len(accents)], position=n)
        for n in range(1, HUBS + 1)
    )
    titles = max(LONG // 5, articles // 100)
    Title.objects.bulk_create(
        Title(name=f"Title {n}", slug=f"title-{n}", year=2000 + n % 26, description=prose.say(40))
        for n in range(1, titles + 1)
    )
    Availability.objects.bulk_create(
        Availability(title=title, service=f"Service {n}", url=f"https://{n}.example/{title.slug}")
        for title in Title.objects.all()
        for n in range(2)
    )
    Topic.objects.bulk_create(
        Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in range(1, TOPICS + 1)
    )
    Author.objects.bulk_create(
        Author(name=f"Author {n}", slug=f"author-{n}", role="Editor", biography=prose.say(40))
        for n in range(1, AUTHORS + 1)
    )
    size = {"width": 2400, "height": 1600, "fallback_width": 1200, "rendered_focus": "50-50"}
    Photo.objects.bulk_create(
        Photo(image=f"photos/{n:016x}.jpg", alt=prose.say(12), credit=f"Agency {n}", **size)
        for n in range(1, PHOTOS + 1)
    )


def _text(prose, paragraphs, *, box=False):
    pieces = [f"<p>{prose.say(55)} <em>{prose.say(3)}</em></p>" for _ in range(paragraphs)]
    if box:
        scope = 'data-season="1" data-episode="12"'
        pieces.insert(1, f"<spoiler-box {scope}><p>{prose.say(60)}</p></spoiler-box>")
    return TextBlock(html="".join(pieces))


def _body(prose):
    """Twelve blocks, a box and a spoiler section among them."""
    photos = Photo.objects.order_by("pk")
    return [
        _text(prose, 4),
        PhotoBlock(photo=photos[1], caption=prose.say(12)),
        _text(prose, 3, box=True),
        PullQuoteBlock(text=prose.say(20), attribution="Somebody"),
        AdvertSlotBlock(name="first", size="300x250"),
        _text(prose, 4),
        PhotoBlock(photo=photos[2], caption=prose.say(12)),
        _text(prose, 3),
        SpoilerStartBlock(season=1, episode=8),
        _text(prose, 3),
        SpoilerEndBlock(),
        _text(prose, 2),
    ]


def write(slug, prose, blocks):
    """A working copy with all that belongs to it."""
    article = Article.objects.create(
        hub=Hub.objects.get(slug="hub-1"),
        headline=f"Headline {prose.say(6)}",
        slug=slug,
        standfirst=prose.say(24),
        photo=Photo.objects.order_by("pk").first(),
    )
    for ordering, block in enumerate(blocks, start=1):
        block.parent, block.region, block.ordering = article, "body", 10 * ordering
        block.save()
    Byline.objects.create(article=article, author=Author.objects.get(slug="author-1"))
    ArticleTitle.objects.create(article=article, title=Title.objects.get(slug="title-1"))
    article.topics.set(Topic.objects.filter(slug__in=("topic-1", "topic-2")))
    return article


class Copies:
    """Copies of two articles' rows; ``nth`` counts them, the newest last."""

    def __init__(self, articles, long, short):
        self.articles, self.long, self.short = articles, long, short
        self.step = step(articles)
        self.last = timezone.now() - timedelta(minutes=MINUTES)

    def run(self, statement):
        """One statement, in which the table ``numbers`` counts."""
        with connection.cursor() as cursor:
            cursor.execute(f"{NUMBERS} WHERE nth < {self.articles}) {statement}")

    def copy(self, model, long, short, **varied):
        """Copy a row of a model for each number, with columns that differ as SQL."""
        table, quote = model._meta.db_table, connection.ops.quote_name
        columns = [field.column for field in model._meta.local_concrete_fields]
        values = [varied.get(column, f"template.{quote(column)}") for column in columns]
        is_long = f"nth % {self.step} = 0 OR nth > {self.articles - NEWEST}"
        source = f"CASE WHEN {is_long} THEN {long.pk} ELSE {short.pk} END"
        self.run(
            f"INSERT INTO {table} ({', '.join(map(quote, columns))})"  # noqa: S608  (all our own)
            f" SELECT {', '.join(values)}"
            f" FROM numbers JOIN {table} AS template ON template.id = {source}"
            f" JOIN benchmark_text AS one ON one.id = nth % {TEXTS}"
            f" JOIN benchmark_text AS two ON two.id = (nth / {TEXTS} + 7 * nth) % {TEXTS}"
        )

    def link(self, model, near, far, keys, **further):
        """A row between each number and one of the keys 1 to ``keys`` of something else."""
        columns = {near: f"{FIRST} + nth", far: f"1 + nth % {keys}", **further}
        self.run(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608
            f" SELECT {', '.join(columns.values())} FROM numbers"
        )

    def moment(self, minutes=0):
        """When a copy was published, or so many minutes later, in SQL."""
        back = f"({self.articles} - nth) * {MINUTES} - {minutes}"
        return MOMENT[connection.vendor].format(end=f"{self.last:%Y-%m-%d %H:%M:%S}", back=back)


def _texts(prose):
    kind = "UNLOGGED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE {kind} TABLE benchmark_text (id integer PRIMARY KEY, text text, name text)"
        )
        cursor.executemany(
            "INSERT INTO benchmark_text VALUES (%s, %s, %s)",
            [(n, prose.say(WORDS), prose.say(4).rstrip(".")) for n in range(TEXTS)],
        )


def _copy(copies, titles):
    """The copies, and what belongs to each."""
    own = {
        "id": f"{FIRST} + nth",
        "slug": "'article-' || nth",
        "headline": "one.name || ' ' || two.name || ' ' || nth",
        "hub_id": f"1 + nth % {HUBS}",
        "photo_id": f"1 + nth % {PHOTOS}",
    }
    moments = {"created_at": copies.moment(-5), "updated_at": copies.moment(-3)}
    copies.copy(Article, copies.long.article, copies.short.article, **own, **moments)
    published = dict.fromkeys(("live_from", "first_published", "created_at"), copies.moment())
    copies.copy(
        Edition,
        copies.long,
        copies.short,
        **own,
        **published,
        article_id=f"{FIRST} + nth",
        search_text="one.text || ' ' || two.text",
    )
    first = {"position": "0"}
    copies.link(ArticleTitle, "article_id", "title_id", titles, **first)
    copies.link(Byline, "article_id", "author_id", AUTHORS, **first)
    copies.link(Article.topics.through, "article_id", "topic_id", TOPICS)
    copies.link(EditionTitle, "edition_id", "title_id", titles, **first)
    copies.link(EditionAuthor, "edition_id", "author_id", AUTHORS, **first)
    copies.link(EditionTopic, "edition_id", "topic_id", TOPICS, **first)
    copies.link(EditionPhoto, "edition_id", "photo_id", PHOTOS, **first)


def _settle(tables):
    """Sequences behind the copies, and statistics for the planner."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE benchmark_text")
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _index():
    """Fill the search index; `rebuild_modelsearch_index` does the same more slowly."""
    index = get_search_backend().get_index_for_model(Edition)
    editions = Edition.get_indexed_objects().order_by("pk").iterator(chunk_size=1000)
    with transaction.atomic():
        while chunk := list(islice(editions, 1000)):
            index.add_items(Edition, chunk)


def build(articles):
    """Fill an empty database with so many live articles besides the two that are copied."""
    prose = Prose()
    with transaction.atomic():
        _taxonomy(articles, prose)
        long = publishing.publish(write("long", prose, _body(prose)))
        short = publishing.publish(write("short", prose, [_text(prose, 2)]))
        _texts(prose)
        _copy(Copies(articles, long, short), Title.objects.count())
        # Readers get the copies alone, as many as was asked for.
        for edition in (long, short):
            publishing.withdraw(edition.article, reason="It was only to be copied")
    _index()
    _settle([model for model in _models() if isinstance(model._meta.pk, models.AutoField)])


def _models():
    from django.apps import apps

    return [*apps.get_app_config("articles").get_models(), Article.topics.through]


def step(articles):
    """Every so-many-th article is long; odd, so that they are of all hubs and titles."""
    return max(1, articles // LONG - 1)


def address(number):
    """Where a copy is read."""
    return f"/hub-{1 + number % HUBS}/article-{number}/"


def long_addresses(articles):
    """Of the long articles, which are spread over all years."""
    return [address(nth * step(articles)) for nth in range(1, LONG + 1)]
