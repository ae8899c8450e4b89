"""What the demo's articles are filed under. Hubs, works, topics and authors by their slugs."""

from articles.demo.texts.shape import Photograph, Question, Work

CREDIT = "Illustration: Newsroom demo"

#: name, description, accent; in the masthead's order
HUBS = {
    "sci-fi": (
        "Sci-Fi",
        "Stations, sleepers and the end of the world: series, films and books about what comes "
        "after tomorrow.",
        "teal",
    ),
    "film": (
        "Film",
        "What is worth a coat, a ticket and two hours in the dark, and what can wait.",
        "crimson",
    ),
    "games": (
        "Games",
        "Large worlds, small worlds and the ones you meant to leave an hour ago.",
        "violet",
    ),
}

TOPICS = {
    "from-the-desk": ("From the desk", "How we work, and why."),
    "reader-polls": ("Reader polls", "We asked. You answered. Here is what came of it."),
    "reviews": ("Reviews", "Opinions with reasons."),
    "season-endings": (
        "Season endings",
        "Last episodes, last pages and last levels, always behind a warning.",
    ),
    "the-craft": ("The craft", "How stories are lit, cut, scored, drawn and held together."),
}

#: name, role, biography, picture
AUTHORS = {
    "ada-placeholder": (
        "Ada Placeholder",
        "Series and books",
        "Ada Placeholder is a demo byline. Nobody by this name writes here: she keeps the place "
        "for the first real author, and asks only to be replaced.",
        "ada",
    ),
    "max-mustermann": (
        "Max Mustermann",
        "Film and games",
        "Max Mustermann is a demo byline, named after the gentleman on every specimen form. He "
        "has never missed a deadline, since he has never had one.",
        "max",
    ),
}

_ELSEWHERE = "https://www.example.com/"

WORKS = {
    "all-of-us-are-dead": Work(
        name="All of Us Are Dead",
        original_name="지금 우리 학교는",
        kind="series",
        year=2022,
        released="2022-01-28",
        episodes=12,
        description="A Korean zombie series in twelve episodes.",
        photo="school",
        availability={"Netflix": "https://www.netflix.com/"},
    ),
    "harbour-of-small-moons": Work(
        name="Harbour of Small Moons",
        kind="series",
        year=2021,
        episodes=16,
        description="The night shift of a freight station looks after ships, cargo and one "
        "another. Invented for this demo.",
        photo="station",
        availability={"Channel Example": _ELSEWHERE, "Specimen Player": _ELSEWHERE},
    ),
    "the-salt-meridian": Work(
        name="The Salt Meridian",
        kind="book",
        year=2021,
        description="A lighthouse keeper stays at her post after the sea has gone. A novel "
        "invented for this demo.",
        photo="lighthouse",
        availability={"Example Books": _ELSEWHERE},
    ),
    "the-gardeners-of-deck-nine": Work(
        name="The Gardeners of Deck Nine",
        kind="series",
        year=2022,
        episodes=6,
        description="Six gardeners under glass grow food for a colony that has stopped "
        "answering. Invented for this demo.",
        photo="garden",
        availability={"Specimen Player": _ELSEWHERE},
    ),
    "the-last-train-to-windermoor": Work(
        name="The Last Train to Windermoor",
        kind="film",
        year=2022,
        description="Nine passengers, one night, a line that closes in the morning. Invented "
        "for this demo.",
        photo="train",
        availability={"In Example cinemas": _ELSEWHERE},
    ),
    "a-map-of-the-rain": Work(
        name="A Map of the Rain",
        kind="film",
        year=2021,
        description="A surveyor is hired to draw a city that floods by the hour. Invented for "
        "this demo.",
        photo="rain",
        availability={"Channel Example": _ELSEWHERE},
    ),
    "parasol-country": Work(
        name="Parasol Country",
        kind="film",
        year=2022,
        description="Two sisters drive an ice-cream van across a desert. Invented for this demo.",
        photo="desert",
    ),
    "brackenmoor-post": Work(
        name="Brackenmoor Post",
        kind="game",
        year=2022,
        description="You deliver letters in a valley where everybody knows what is in them. "
        "Invented for this demo.",
        photo="valley",
        availability={"Example Arcade": _ELSEWHERE},
    ),
    "fathom-street": Work(
        name="Fathom Street",
        kind="game",
        year=2022,
        description="A diver maps the drowned street where she grew up. Invented for this demo.",
        photo="fathom",
        availability={"Example Arcade": _ELSEWHERE},
    ),
    "pocket-archipelago": Work(
        name="Pocket Archipelago",
        kind="game",
        year=2022,
        description="Build islands the size of a tablecloth and see who moves in. Invented for "
        "this demo.",
        photo="islands",
        availability={"Example Arcade": _ELSEWHERE},
    ),
}

PHOTOS = {
    "ada": Photograph("Drawn portrait of a woman with a dark bob and round glasses."),
    "arcade": Photograph(
        "Five arcade machines in a dark room; the screen of the middle one is lit.",
        "One more go: the machine in the middle always knows.",
    ),
    "ballot": Photograph(
        "Coloured slips of paper drop into a ballot box.",
        "Two possible answers, one clear result.",
    ),
    "desert": Photograph(
        "A straight road leads into a huge striped evening sun, cacti on both sides.",
        "The road has one bend, and the film saves it for the end of the first hour.",
    ),
    "door": Photograph(
        "A small figure stands before a tall door full of light.",
        "The door on the lowest deck.",
    ),
    "fathom": Photograph(
        "A diver with a lamp swims above the gables of a drowned street.",
        "Number 14 is the one with the light in the attic.",
    ),
    "garden": Photograph(
        "Three glass domes full of trees on a red moon under the stars.",
        "Deck Nine in the evening, when the lamps stay on for the trees.",
    ),
    "islands": Photograph(
        "Small square islands with trees in a turquoise sea; a white tower on the largest.",
        "Five islands, one tower, no plan.",
    ),
    "lighthouse": Photograph(
        "A striped lighthouse shines over a dry white plain, two moons in a red sky.",
        "The lamp still turns. Nobody is left to be warned.",
    ),
    "max": Photograph("Drawn portrait of a man with a white beard and a flat cap."),
    "rain": Photograph(
        "A figure under a red umbrella before a city at night in the rain.",
        "Every street in the film was built indoors, and every one leaks.",
    ),
    "reel": Photograph(
        "Poster of a film reel before an orange disc, a ribbon of film below it.",
        "A reel runs for about as long as a cup of tea stays warm.",
    ),
    "school": Photograph("A large school building at night before a full moon, no light in it."),
    "seats": Photograph(
        "Rows of red cinema seats before a bright screen; one of them is taken.",
        "The best seat in the house, according to its occupant.",
    ),
    "station": Photograph(
        "A ring-shaped space station before a banded orange planet.",
        "The harbour: forty-four berths, and rarely a quiet one.",
    ),
    "train": Photograph(
        "A red night train crosses a viaduct before snowy mountains.",
        "Carriage three, where the film spends most of its night.",
    ),
    "valley": Photograph(
        "A valley in large pixels: a lit cottage, a path with lanterns, hills at dusk.",
        "The last house of the round. Bring biscuits.",
    ),
}

#: Those of “All of Us Are Dead” speak of the series as it is; the numbers are the demo's own.
POLLS = {
    "all-of-us-are-dead-second-season": Question(
        question="Should there be a second season of ‘All of Us Are Dead’?",
        choices={"Yes, I want to see more": 835, "No, it should end there": 165},
        opens="2022-01-31 12:00",
        closes="2022-02-01 09:00",
    ),
    "the-promise": Question(
        question="On the roof, Nam-ra promises to be back. Do you believe her?",
        choices={"She will be back": 34, "It was a farewell": 21, "Ask me in a year": 9},
        spoiler_warning="The last minute of All of Us Are Dead, season 1 episode 12",
        opens="2022-02-02 10:00",
    ),
    "your-seat": Question(
        question="Where do you sit in the cinema?",
        introduction="Habits count, not ideals. If you have two, tick both.",
        choices={
            "The middle of the middle": 41,
            "The aisle": 29,
            "The back row": 23,
            "The front": 8,
            "Wherever my coat fits": 17,
        },
        max_choices=2,
        shown="always",
        opens="2022-02-24 18:45",
    ),
}
