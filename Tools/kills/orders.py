"""What is ordered at a desk, and what must be right once it is done."""
from desk import CARD, ELECTRIC_METER, GAS_METER, KEYS, NEW_METER, OTHER_CARD, PASSPHRASE, Line, Outcome, micro, require


class Order:
    """A command, the desk at which it is given, and what must be right once it is done."""

    def __init__(self, name, line, prepare, check, text=PASSPHRASE, recover=None, done_before=None, victim=None):
        self.name, self.line, self.prepare, self.check, self.text = name, line, prepare, check, text
        self.recover, self.done_before, self.victim = recover, done_before, victim

    def attempt(self, desk, under=(), victim=True):
        """Gives the order once; `under` is what the victim runs under."""
        if self.victim is None:
            return desk.run(f"{self.line} --json", self.text, under)
        line = Line(desk, under if self.victim == "meter" else ())
        try:
            if line.address is None:
                return Outcome(3, "", "the meter ended before it listened.")
            patience = 2 if under and self.victim == "meter" else 60
            return desk.run(f"{self.line} {line.address} --timeout {patience} --json", self.text,
                            under if self.victim == "host" else ())
        finally:
            line.close()

    def is_done(self, outcome):
        return outcome.status == 0 or bool(self.done_before) and self.done_before in outcome.errors


def orders():
    keys = ["ADMIN 1", "CREDIT 1", "USAGE 1"]
    new_keys = ["ADMIN 2", "CREDIT 2", "USAGE 1"]
    ask_card = f"card recover --card card1 {KEYS}"

    def card(desk):
        desk.issue()
        desk.load()

    def blocked(desk):
        card(desk)
        desk.done(f"card block --card card1 {KEYS}")

    def renewed(desk):
        desk.make_gas_meter()
        card(desk)
        desk.renew_keys()

    def meter_renewed(desk):
        renewed(desk)
        desk.done(f"card rotate --card gas --yes {KEYS}")

    def met(desk):
        desk.make_gas_meter()
        card(desk)
        desk.done("card redeem 1 --card card1 --meter gas", "")

    def on_line(desk):
        desk.make_electric_meter()
        desk.done(f"card load 10 --service electricity --card home --reference before {KEYS}")

    def running(desk):
        desk.make_electric_meter()
        desk.done(f"card issue --card card1 --purse electricity:EUR:200:{ELECTRIC_METER} --yes {KEYS}")
        desk.done(f"card load 25 --card card1 --service electricity --reference before {KEYS}")
        desk.done("meter run --meter home --orders - --speed max --from 2026-01-05T00:00Z --for 1d", "quit\n")
        desk.write("orders", "card in\nredeem 5\nload 1000\nwait 3h\nredeem 5\nwait 1h\nquit\n")

    def holds(stored, refunded, balance):
        def check(desk):
            desk.expect_books(CARD, stored, refunded, micro(balance), contact="card1")
            held = desk.purse()
            require(held == micro(balance), "card", held)
        return check

    def issued(desk):
        desk.expect_keys("card1", keys)
        desk.load()
        holds(10, 0, 10)(desk)

    def is_blocked(desk):
        require(desk.done("card info --card card1", "")["state"] == "blocked", "state of the card")
        refused = desk.run(f"card load 1 --service gas --card card1 --json {KEYS}", PASSPHRASE)
        require(refused.status == 1, refused)
        desk.done(f"card block --unblock --card card1 {KEYS}")
        desk.done(f"card load 1 --service gas --card card1 --reference after {KEYS}")
        holds(11, 0, 11)(desk)

    def replaced(desk):
        desk.expect_keys("card2", keys)
        require(desk.purse("card2") == micro(10), "new card", desk.purse("card2"))
        desk.expect_books(OTHER_CARD, 10, 0, micro(10), contact="card2")
        old = desk.done(f"card log {CARD} {KEYS}")
        require(old["standing"] == "replaced", old)

    def meter_rotated(desk):
        require("ADMIN 2" in desk.done(f"card rotate --card gas --yes {KEYS}")["keys"], "keys of the meter")
        desk.expect_keys("card1", new_keys)
        desk.done("card redeem 10 --card card1 --meter gas", "")
        holds(10, 0, 0)(desk)

    def card_rotated(desk):
        desk.expect_keys("card1", new_keys)
        desk.done("card redeem 10 --card card1 --meter gas", "")
        desk.done(f"card load 5 --service gas --card card1 --reference after {KEYS}")
        holds(15, 0, 5)(desk)

    def bound(desk):
        holds(10, 0, 10)(desk)
        purse = desk.done("card info --card card1", "")["purses"][0]
        require((purse["meter"], micro(purse["limit"])) == (NEW_METER, micro(300)), purse)

    def redeemed(desk):
        meter = desk.done("meter show --meter gas", "")
        held, left = micro(meter["balance"]) + micro(meter["spent"]), desk.purse()
        # What was interrupted is credited first; the repetition is an order of its own.
        require((held, left) in [(micro(8), micro(2)), (micro(10), 0)], "meter", held, "card", left)
        desk.expect_books(CARD, 10, 0, left, contact="card1")

    def converted(desk):
        # The table came into force when it was ordered, by the host's clock.
        desk.done("meter run --meter home --orders - --from now --speed max --for 1h", "quit\n")
        shown = desk.done("meter show --meter home", "")
        require(micro(shown["price"]) == micro("0.80"), shown)
        require(micro(shown["value"]) + micro(shown["spent"]) == micro(10), shown)

    def credited(desk):
        shown = desk.done("meter show --meter home", "")
        require(micro(shown["value"]) + micro(shown["spent"]) == micro(60), shown)
        desk.expect_books(ELECTRIC_METER, 60, 0, None, "electricity", contact="home")

    def ran(desk):
        shown = desk.done("meter show --meter home", "")
        value, spent, forfeited, debt = (micro(shown[one]) for one in ("value", "spent", "forfeited", "debt"))
        left = desk.purse(service="electricity")
        require(value + spent + forfeited - debt + left == micro(25), shown, left)
        # A cut takes at most the token in use.
        require(forfeited <= 2 * micro("0.20"), shown)
        desk.expect_books(CARD, 25, 0, left, "electricity", contact="card1")

    tariff = f"host tariff --id 7 --price 0.80 --currency EUR --reference T {KEYS}"
    credit = f"host credit 50 --reference A {KEYS}"
    return [
        Order("load", f"card load 50 --service gas --card card1 --reference A {KEYS}", card, holds(60, 0, 60), recover=ask_card),
        Order("refund", f"card refund 4 --service gas --card card1 --reference B {KEYS}", card, holds(10, 4, 6), recover=ask_card),
        Order("issue", f"card issue --card card1 --purse gas:EUR:200:{GAS_METER} --yes {KEYS}", lambda desk: None, issued,
              done_before="it was issued before"),
        Order("block", f"card block --card card1 {KEYS}", card, is_blocked, recover=ask_card),
        Order("replace", f"card replace {CARD} --card card2 --yes {KEYS}", blocked, replaced),
        Order("bind", f"card bind gas:EUR:300:{NEW_METER} --card card1 --yes {KEYS}", card, bound, recover=ask_card),
        Order("rotate-meter", f"card rotate --card gas --yes {KEYS}", renewed, meter_rotated),
        Order("rotate-card", f"card rotate --card card1 --yes {KEYS}", meter_renewed, card_rotated, recover=ask_card),
        Order("redeem", "card redeem 7 --card card1 --meter gas", met, redeemed, text="", recover=ask_card),
        Order("tariff", tariff, on_line, converted, victim="host"),
        Order("tariff-at-meter", tariff, on_line, converted, victim="meter"),
        Order("credit-at-meter", credit, on_line, credited, victim="meter"),
        Order("run", "meter run --meter home --card card1 --orders orders --speed max --for 1d", running, ran, text=""),
    ]
