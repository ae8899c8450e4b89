"""Articles of the Film hub."""

from articles.demo.texts.schema import (
    AdvertSlot,
    ArticleData,
    Photo,
    Poll,
    PullQuote,
    SecondEdition,
    prose,
)
from articles.models.article import Spoiler

WINDERMOOR = ArticleData(
    hub="film",
    headline="Who got off at the last stop? ‘Windermoor’ explained",
    slug="the-last-train-to-windermoor-explained",
    standfirst="Nine passengers board, eight are counted, and the guard says nothing. We have "
    "seen it three times so that you need to see it only twice.",
    photo="train",
    authors=("max-mustermann",),
    titles=("the-last-train-to-windermoor",),
    topics=("season-endings", "the-craft"),
    spoiler=Spoiler.THROUGHOUT,
    published="2022-02-11 16:15",
    body=(
        prose(
            """
            Let us begin with the ticket. It is punched in the first minute, and the hole is the
            shape of a small bell. Every passenger’s ticket gets the same mark but one: the old
            schoolteacher in carriage three holds hers out, the guard looks at it, and hands it
            back whole.

            That is the film’s answer, given before anybody has asked the question. She has made
            the journey already. The line closes in the morning, the night has room for one more
            memory, and the other eight have come along in hers.
            """
        ),
        PullQuote("The tunnel is where the film changes trains and hopes you don’t look up."),
        prose(
            """
            <h2>The tunnel</h2>

            Watch the windows. Before the tunnel the snow falls towards the engine; after it, away.
            From there on we ride back, forty years in as many minutes, and the conversations
            become the ones that she wishes she had had.

            <h2>The platform</h2>

            In the end nobody gets off because nobody but her was aboard. The guard counts eight
            for the same reason that one sets a table for those who are late. Then he punches her
            ticket after all, and the bell rings.
            """
        ),
    ),
)

RAIN = ArticleData(
    hub="film",
    headline="‘A Map of the Rain’ is a thriller that carries its own umbrella",
    slug="a-map-of-the-rain-review",
    standfirst="A surveyor, a client who is never dry and a city that redraws itself every "
    "night: the season’s wettest film is also its slyest.",
    photo="rain",
    authors=("max-mustermann",),
    titles=("a-map-of-the-rain",),
    topics=("reviews",),
    published="2022-01-19 10:00",
    second_edition=SecondEdition(at="2022-01-20 11:40", former_slug="map-of-the-rain"),
    body=(
        prose(
            """
            Detectives used to follow people. Hester Vane, surveyor by trade, follows water. Where
            it runs tonight there was a street yesterday, and whoever knows first where it will
            run tomorrow may buy that street for very little.

            Out of this one idea the film makes a hundred minutes of excellent mischief. Nobody
            fires a gun. There is a chase, but it is on foot, uphill, against the current of a
            market’s worth of oranges.
            """
        ),
        PullQuote("Nobody has ever made a gutter look so guilty."),
        prose(
            """
            The sound deserves a ticket of its own. Rain on slate, on tin, on the roof of a parked
            tram: after half an hour you can tell with closed eyes which district you are in, and
            in the last act the film asks you to.

            It could lose ten minutes in the archive, where everybody explains to everybody what
            we have already seen. It need not lose anything else. Take a coat.
            """
        ),
    ),
)

PARASOL = ArticleData(
    hub="film",
    headline="Two sisters, one van, forty degrees: first word on ‘Parasol Country’",
    slug="parasol-country-first-word",
    standfirst="The road film of the summer has a bell, a freezer and no air conditioning.",
    photo="desert",
    authors=("max-mustermann",),
    titles=("parasol-country",),
    published="2022-03-11 09:00",
    body=(
        prose(
            """
            There is a moment in every road film when the car breaks down. <em>Parasol
            Country</em> begins with it. The van stands, the freezer hums its last, and two sisters
            who have not spoken for six years have until sunset to sell four hundred ice creams.

            We saw the first half-hour, which is as much as there is so far. It is funny in the
            way in which heat is funny: slowly, then all at once. The colours are those of the
            merchandise, pistachio skies, raspberry dusk.

            What it is about will depend on where the van is going, and on that nobody at the
            screening would be drawn. There is one bend in the road. We are told to wait for it.
            """
        ),
        AdvertSlot("article-end", "300x250"),
    ),
)

SEATS = ArticleData(
    hub="film",
    headline="The back row, the middle seat and the aisle: what four hundred and twelve letters "
    "say about where to sit when the film is long and the coat has nowhere to go",
    slug="where-to-sit-in-the-cinema",
    standfirst="We asked a simple question. We should have known better.",
    photo="seats",
    authors=("max-mustermann", "ada-placeholder"),
    topics=("reader-polls", "from-the-desk"),
    published="2022-02-24 18:45",
    body=(
        prose(
            """
            It was meant as a filler. Where do you sit, we asked in a corner of the page, and why?
            Two weeks later the invented postman of this invented newsroom needed a second bag.

            The schools of thought, in order of the number of exclamation marks:

            <ol>
            <li><strong>The middle of the middle.</strong> Two thirds back, dead centre. “The
            sound engineer sat there,” writes a gentleman, “and so shall I.”</li>
            <li><strong>The aisle.</strong> Long legs, weak bladders, strong opinions.</li>
            <li><strong>The back row.</strong> Not for the reason you think. For the coat.</li>
            <li><strong>The front.</strong> Eleven letters, all of them cheerful, three of them
            from the same person.</li>
            </ol>
            """
        ),
        Photo("reel", "The poster that hangs above our own row, which is the fourth."),
        prose(
            """
            <h2>And the armrest?</h2>

            Here the letters turn grave. A narrow majority holds that the middle seat has a right
            to both. A reader from a town with a single cinema reports that the matter was settled
            there years ago by marriage.

            <blockquote><p>Sit where you can see her laugh. The film will manage.</p></blockquote>

            That was the shortest letter, and it was not signed. It hangs above the kettle now.

            <h2>Over to you</h2>

            Letters are for those who like stamps. For everybody else there is a box to tick.
            """
        ),
        Poll("your-seat"),
    ),
)

SCHEDULED = ArticleData(
    hub="film",
    headline="A second look: what ‘Windermoor’ knows about waiting rooms",
    slug="windermoor-second-look",
    standfirst="The best scene of the film has no train in it.",
    photo="reel",
    authors=("max-mustermann",),
    titles=("the-last-train-to-windermoor",),
    topics=("the-craft",),
    days_ahead=7,
    body=(
        prose(
            """
            Everybody talks about the tunnel. We should like to talk about the bench.

            It stands in the waiting room of the first station, it is painted the green of old
            railways, and for three minutes nobody sits on it. Passengers come in, look at the
            clock, look at the bench and remain standing. You will not notice the first time.

            A bench that nobody uses is a bench that is taken. The film tells you so with nothing
            but good manners, and trusts you to work out for whom they are meant.
            """
        ),
    ),
)

ARTICLES = (WINDERMOOR, RAIN, PARASOL, SEATS, SCHEDULED)
