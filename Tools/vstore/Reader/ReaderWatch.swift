import ArgumentParser
import CardIO
import ISO7816

struct ReaderWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Report readers and cards that come and go, until interrupted.",
        discussion: """
            What is present at the start is reported first. With --json each event is one line. Times are local; the \
            card's probable name is from the list that pcsc-tools installs.

              vstore reader watch
            """)

    @Option(name: .long, help: ArgumentHelp("End after that many seconds.", valueName: "seconds"))
    var `for`: UInt32?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (0...31_536_000).contains(self.for ?? 0) else {
            throw ValidationError("--for \(self.for ?? 0): at most 31536000 seconds, a year.")
        }
    }

    mutating func run() async throws {
        let deadline = self.for.map { ContinuousClock.now + .seconds(Int($0)) }
        let known = try KnownCards.usualPaths.first(where: fileExists).map { KnownCards(try TextFile.read($0)) }
        do throws(CardError) {
            for try await event in try PCSCService().events(deadline: deadline) { report(event, known) }
        } catch {
            // The requested time has passed.
            guard error.code == .deadlineExceeded, deadline != nil else { throw error }
        }
    }

    private func report(_ event: ReaderEvent, _ known: KnownCards?) {
        var cards: [String]?
        if let known, case .cardInserted(_, let answerToReset) = event {
            do throws(KnownCardsError) {
                cards = try known.cards(answering: answerToReset)
            } catch {
                // The cards are watched all the same, without names.
                common.console.notice(explained(error))
            }
        }
        let line = ReaderEventLine(event: event, time: .now, cards: cards)
        common.console.output(line.json, [line.text])
    }
}

/// An event at a reader, for people and for programs.
struct ReaderEventLine {
    let event: ReaderEvent
    let time: LocalTime
    /// Probable names from the list of known cards; nil where there is no list, or no card.
    let cards: [String]?

    private var content: (kind: String, text: String, answerToReset: [UInt8]?) {
        switch event {
        case .readerArrived(let reader): ("reader-arrived", "reader \(reader)", nil)
        case .readerLeft(let reader): ("reader-left", "reader \(reader) is gone", nil)
        case .cardInserted(let reader, let atr):
            ("card-inserted", "card in \(reader): \(CardInReader.text(answerToReset: atr))", atr)
        case .cardMute(let reader): ("card-mute", "card in \(reader) that does not answer", nil)
        case .cardRemoved(let reader): ("card-removed", "card out of \(reader)", nil)
        }
    }

    var text: String {
        var name = ""
        if let first = cards?.first {
            let more = (cards?.count ?? 0) - 1
            name = ", probably \(first)" + (more > 0 ? " (or \(more) more; see reader info)" : "")
        }
        return "\(time.text)  \(content.text)\(name)"
    }

    var json: JSONValue {
        let (kind, _, answerToReset) = content
        var members: [(name: String, value: JSONValue)] = [
            ("event", .text(kind)), ("time", .text(time.utc)), ("reader", .text(event.reader)),
        ]
        if let answerToReset { members.append(("atr", .text(answerToReset.hexadecimal()))) }
        if let cards { members.append(("cards", .list(cards.map(JSONValue.text)))) }
        return .object(members)
    }
}
