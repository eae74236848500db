# ruff: noqa: E501  the lines are data
"""Categories read out of the descriptions: the first rule that matches wins."""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    slug: str
    words: str

    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![a-z])(?:{self.words})(?:e?s)?(?![a-z])")


OTHER = "curiosities"

# Occasions come before materials and things: a Christmas candle is sought under
# Christmas. Narrow nouns come before wide ones: "tea towel" before "tea".
RULES: tuple[Rule, ...] = (
    Rule(
        "christmas",
        r"christmas|xmas|advent|santa|bauble|reindeer|tinsel|stocking|snowflake|"
        r"snowm[ae]n|snow|jingle|holly|nativity|mistletoe|winter wonderland|robin",
    ),
    Rule("easter", r"easter|bunn(?:y|ie)|rabbit|chicks?|chicken|hen|egg"),
    Rule(
        "textiles",
        r"cushion|hot water bottle|tea ?towel|door ?mat|door ?stop|floor cushion|"
        r"quilt\w*|string curtain|polyester filler pad|h ?w ?b",
    ),
    Rule(
        "table", r"napkin|doil\w+|place ?settings?|ashtray|table ?run\w*|salad server"
    ),
    Rule("garden", r"gardener'?s?|kneeling"),
    Rule("bags", r"bicycle|puncture"),
    Rule("storage", r"drawer ?knob|coat ?hook|coat ?hanger|key cabinet"),
    Rule("kitchen", r"cake ?stand|toast ?rack|squeezer|cooking set|fruitbowl"),
    Rule("frames-clocks", r"photo ?frame|picture ?frame|photo album|clock"),
    Rule(
        "jewellery",
        r"necklace|neckl|bracelet|bracel|braclet|earring|brooch|bangle|hair\w*|pendant|"
        r"lariat|choker|jewell?ery|tiara|anklet|headband|bobble|ring|key ?rings?|"
        r"charms?|beads?|fob|diamante|compact mirror|slide",
    ),
    Rule(
        "craft",
        r"craft|feltcraft|sewing|knitting|crochet|needle|buttons?|scissor|"
        r"embroid\w*|make your own|decoupage|origami|patches|fabric|wool|kit",
    ),
    Rule(
        "wrap-party",
        r"wrap|ribbon|tissue paper|gift tape|confetti|balloon|bunting|party|invite|"
        r"cake cases?|petit four|birthday candles?|celebration|paper chain|gift tags?|"
        r"gift bag|paper bag|streamer|honeycomb|paper pom|pom ?pom|cocktail|straw|"
        r"gift voucher|flag|pennant|fan|leis|popcorn|cases|cracker",
    ),
    Rule(
        "stationery",
        r"cards?|notebook|note ?book|pencils?|pen|pens|sketchbook|journal|sticker|"
        r"stationery|envelope|writing|paper ?clip|post ?it|calendar|diary|eraser|"
        r"rubber|ruler|sharpener|chalk\w*|crayon|stamp|memo\w*|bookmark|notepad|"
        r"address book|letter rack|calculator|tape|book|file|folder|organiser|"
        r"postcard|tattoos?|highlighter|jotter|filofax|paper",
    ),
    Rule(
        "bags",
        r"bag|handbag|shopper|purse|wallet|tote|luggage|wash ?bag|backpack|rucksack|"
        r"satchel|suitcase|passport|cosmetic\w*|beach ?bag|bagg?|case|scarf|scarves|"
        r"gloves?|umbrella|poncho|slipper|socks?|boots?|hat|sombrero|bathrobe|"
        r"hoodie|collar|parka|tissues|sunglasses|ear muff|headphones|cap|skirt",
    ),
    Rule(
        "candles",
        r"candle\w*|t ?-?lights?|tea ?lights?|incense|scent\w*|lavender|votive|"
        r"fragrance\w*|oil burner|potpourri|diffuser|wick|soap|bath|aroma\w*|"
        r"camphor|vanilla|pillar|matches|flannel|eau|sponge|perfume|lip|joss|cones?|bathroom|candelabra|shower",
    ),
    Rule(
        "lights",
        r"light|paper ?lantern|light ?bulb|lamp|lampshade|lamp shade|lantern|chandelier|torch|led|disco|"
        r"night ?light|shade",
    ),
    Rule(
        "tea-coffee",
        r"mug|tea ?pot|tea ?cup|cup|saucer|coffee|tea set|tea for one|cafetiere|"
        r"beaker|flask|tea cos(?:y|ie)|cos(?:y|ie)|tea ?spoon|moroccan tea|"
        r"tea strainer|espresso|tea",
    ),
    Rule(
        "kitchen",
        r"cake|baking|jar|jam|tins?|bak\w+|apron|oven|kitchen|recipe|pantry|mould|"
        r"measur\w*|scales?|pan|spatula|colander|bread|biscuit|cookie|sugar|cutlery|"
        r"spoon|fork|kni(?:fe|ves)|chopping|pot|cruet|salt|spice|butter|lunch\w*|"
        r"snack|food|ice|cheese|toast|pizza|lolly|fr[iy]\w+|grater|whisk|timer|"
        r"bottle opener|corkscrew|opener|picnic|chocolate|sweets?|dairy|fruit",
    ),
    Rule(
        "table",
        r"bowl|plate|dish|tray|napkin|coaster|placemat|doil\w+|table ?cloth|runner|"
        r"jug|glass|goblet|tumbler|decanter|wine|champagne|bottle|dinner|platter|"
        r"serviette|place ?settings?|chopstick|carafe|tableware|cover|ashtray|"
        r"breakfast|condiment|serving|pitcher|crockery|toothpick",
    ),
    Rule(
        "frames-clocks",
        r"frame|photo\w*|clock|mirror\w*|album|picture|watch|thermometer|barometer|"
        r"hourglass|gallery",
    ),
    Rule(
        "signs-art",
        r"(?:door)?signs?|wall art|plaque|poster|print|canvas|letters?|block|word|alphabet|"
        r"art|wall ?tidy|tile|memo ?board|board|number|postbox|sticker|map|collage",
    ),
    Rule(
        "textiles",
        r"cushion|throw|quilt|blanket|door ?mat|door ?stop|hot water bottle|"
        r"h ?w ?b|towel|rug|curtain|pillow|bedspread|warmer|bean ?bag|padded|"
        r"knitted|mat|pouffe|hammock|eiderdown|duvet|drape",
    ),
    Rule(
        "storage",
        r"box\w*|basket|storage|drawer|cabinet|hooks?|hanger|tidy|rack|trunk|chest|"
        r"bin|shelf|shelves|peg|crate|container|holder|hamper|trinket|cupboard|"
        r"coat|unit|laundry|organi[sz]er|stand|bucket|reel|container|tubs?|tube",
    ),
    Rule(
        "furniture",
        r"chair|seat|dresser|canopy|stool|table|knob|furniture|bench|screen|bed|armchair|sofa|"
        r"bedside|ladder|desk|parasol",
    ),
    Rule(
        "garden",
        r"garden\w*|watering|planter|plant|bird ?\w*|herb|seed|windmill|bird\w+|"
        r"parasol|trellis|trowel|potting|secateurs|fly swat|windsock|wind ?chime|chimes?|bee|gnome|"
        r"fountain|deck|flower ?pot|grow your|dovecote|feeder|sunjar|bell|slate|"
        r"toadstool|mushroom|beach|pond",
    ),
    Rule(
        "toys",
        r"toys?|doll\w*|jigsaw|game|puzzle|playhouse|skipping|children\w*|child\w*|glider|inflatable|ludo|bingo|flying disc|crawl\w+|naughts|"
        r"kid|kids|teddy|bear|soft toy|puppet|money ?bank|bank|piggy|robot|dinosaur|"
        r"baby|yo ?yo|dominoes|skittles?|whistle|harmonica|playing|rocket|space\w*|"
        r"circus|babushka|boys?|girls?|money ?box|top|elephant|monkey|duck|magic|"
        r"helicopter|ball|gum|skull|monster|fairy|mobile|nursery|snake|parachute|"
        r"dog|cat|frog|horse|pony|spinning|car|tractor|train|plane|bubbles?",
    ),
    Rule(
        "decorations",
        r"decoration|dec|garland|wreath|heart|flower|hanging|ornament|magnet|rose|"
        r"star|butterfl(?:y|ie)|b'fly|vase|angel|feather|artificial|bouquet|figure|"
        r"figurine|crystal|paperweight|p'weight|string|branch|blossom|leaf|leaves|"
        r"cluster|droplet|cherub|tree|posy|cage|birdcage|statue|shell|swallow|owl|"
        r"dove|gnome|bow|lily|daisy|tulip|lilies|poinsettia|filigree|fairies|"
        r"drops?|chain|tassle?s?|tassels?|loveheart|pom|wire|hand|mosaic|zinc|icicle|urn|buddha|rosette|lamb",
    ),
)

PATTERNS = tuple((rule.slug, rule.pattern()) for rule in RULES)


def category(title: str) -> str:
    """The slug of the category that ``title`` belongs to."""
    text = title.lower()
    for slug, pattern in PATTERNS:
        if pattern.search(text):
            return slug
    return OTHER
