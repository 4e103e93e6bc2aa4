import ArgumentParser
import CardIO
import ISO7816

struct ReaderWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Report readers and cards that come and go, until interrupted.",
        discussion: """
            What is present at the start is reported first. With --json each event is one line.

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
        do throws(CardError) {
            for try await event in try PCSCService().events(deadline: deadline) { report(event) }
        } catch {
            // The requested time has passed.
            guard error.code == .deadlineExceeded, deadline != nil else { throw error }
        }
    }

    private func report(_ event: ReaderEvent) {
        let (kind, text, atr): (String, String, [UInt8]?) =
            switch event {
            case .readerArrived(let reader): ("reader-arrived", "reader \(reader)", nil)
            case .readerLeft(let reader): ("reader-left", "reader \(reader) is gone", nil)
            case .cardInserted(let reader, let atr):
                ("card-inserted", "card in \(reader): \(CardInReader.text(answerToReset: atr))", atr)
            case .cardMute(let reader): ("card-mute", "card in \(reader) that does not answer", nil)
            case .cardRemoved(let reader): ("card-removed", "card out of \(reader)", nil)
            }
        var members: [(name: String, value: JSONValue)] = [
            ("event", .text(kind)), ("reader", .text(event.reader)),
        ]
        if let atr { members.append(("atr", .text(atr.hexadecimal()))) }
        common.console.output(.object(members), [text])
    }
}
