import ArgumentParser
import CardIO

/// How the card in a reader is connected to.
struct ReaderAccess: Sendable {
    /// Nil for what the command needs.
    var mode: ShareMode?
    var protocols: Set<CardProtocol> = [.t0, .t1]
}

/// How any card is connected to. Commands with cards of value do not have these: they need the card for themselves.
struct ReaderAccessOptions: ParsableArguments {
    @Option(
        name: .customLong("protocol"),
        help: ArgumentHelp(
            "The protocol to the card: t0, t1 or raw.", discussion: "Else t0 or t1, as the reader chooses."),
        completion: .list(Array(protocols.keys.sorted())), transform: ReaderAccessOptions.transmissionProtocol)
    var protocolOfCard: CardProtocol?

    @Option(
        name: .customLong("share"),
        help: ArgumentHelp(
            "Whether other programs may use the card meanwhile: shared, exclusive, or direct for the reader itself.",
            valueName: "mode"),
        completion: .list(Array(modes.keys.sorted())), transform: ReaderAccessOptions.mode)
    var mode: ShareMode?

    /// - Throws: `ValidationError` where the card is not in a reader.
    func access(in card: CardOptions) throws -> ReaderAccess {
        if protocolOfCard != nil || mode != nil, card.card != nil || card.remote != nil {
            throw ValidationError("--protocol and --share are for a reader, not for --card or --remote.")
        }
        return ReaderAccess(mode: mode, protocols: protocolOfCard.map { [$0] } ?? [.t0, .t1])
    }

    private static let protocols: [String: CardProtocol] = ["t0": .t0, "t1": .t1, "raw": .raw]
    private static let modes: [String: ShareMode] = ["shared": .shared, "exclusive": .exclusive, "direct": .direct]

    private static func transmissionProtocol(_ text: String) throws -> CardProtocol {
        guard let known = protocols[text.lowercased().replacing("=", with: "")] else {
            throw ValidationError("'\(text)' is not a protocol. Write t0, t1 or raw.")
        }
        return known
    }

    private static func mode(_ text: String) throws -> ShareMode {
        guard let known = modes[text.lowercased()] else {
            throw ValidationError("'\(text)' is not a way to share. Write shared, exclusive or direct.")
        }
        return known
    }
}
