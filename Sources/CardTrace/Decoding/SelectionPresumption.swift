import ISO7816

/// Whether a card has an application selected of which a trace shows no SELECT, as one that is selected after a reset.
///
/// Most traces are of other cards, so that its names need a reason: the historical bytes of the answer to reset, an
/// earlier SELECT of an application of its file, or data that have its layout. A command that another card has done
/// speaks against it.
struct SelectionPresumption: Sendable {
    private enum Card { case unknown, own, foreign }

    private let dictionary: APDUDictionary
    private let secrets: SecretPolicy
    /// The application presumed, and its file; nil where no file has one.
    private let presumed: (file: DictionaryFile, application: DictionaryFile.Application)?
    private let own: [APDUDictionary.Scope]
    private let foreign: [APDUDictionary.Scope]
    private var card = Card.unknown
    /// The answer to reset of the card on which an application of the file was selected, even before the last reset.
    private var selectedOn: [UInt8]?

    init(_ dictionary: APDUDictionary, secrets: SecretPolicy) {
        (self.dictionary, self.secrets) = (dictionary, secrets)
        presumed = dictionary.afterReset
        (own, foreign) = dictionary.unselected
    }

    mutating func reset() { card = selectedOn == nil ? .unknown : .own }

    /// The files to search for a command where nothing is selected.
    mutating func scopes(for event: TraceEvent) -> [APDUDictionary.Scope] {
        guard let presumed else { return foreign }
        guard let expected = presumed.application.historicalBytes?.bytes else { return own }
        // Another card may have come into the reader.
        if let selectedOn, selectedOn != event.answerToReset { (self.selectedOn, card) = (nil, .unknown) }
        if !event.answerToReset.isEmpty, card != .own {
            return Self.historicalBytes(event.answerToReset).starts(with: expected) ? own : foreign
        }
        if card == .unknown, fits(event, presumed.file) { card = .own }
        return card == .own ? own : foreign
    }

    /// Learns from an exchange.
    ///
    /// - Parameters:
    ///   - answerToReset: of the card; empty where unknown.
    ///   - isSelected: whether an application is selected that a SELECT names.
    mutating func note(_ match: CommandMatch, status: StatusWord, answerToReset: [UInt8], isSelected: Bool) {
        guard let presumed, Self.isDone(status), let command = match.specification else { return }
        switch command.effect {
        case .select:
            let name = match.data?.hexadecimal() ?? ""
            guard !name.isEmpty, presumed.file.applications.contains(where: { name.hasPrefix($0.aid) }) else { return }
            (selectedOn, card) = (answerToReset, .own)
        case .continue: return
        case nil:
            guard !isSelected, selectedOn == nil, match.file !== presumed.file, match.header.first != 0xFF else {
                return
            }
            card = .foreign
        }
    }

    private static func isDone(_ status: StatusWord) -> Bool {
        [0x61, 0x62, 0x63, 0x90, 0x91, 0x9F].contains(status.sw1)
    }

    private static func historicalBytes(_ answer: [UInt8]) -> ArraySlice<UInt8> {
        do { return try AnswerToReset(incomplete: answer).historicalBytes } catch { return [] }
    }

    /// Whether the exchange has data, and they have the layout of the presumed application's command.
    private func fits(_ event: TraceEvent, _ file: DictionaryFile) -> Bool {
        guard case .response(let response) = event.outcome, response.count >= 2 else { return false }
        let status = StatusWord(response.bytes[response.count - 2], response.bytes[response.count - 1])
        // Another card does not have the command.
        guard status.rawValue != 0x6D00, status.rawValue != 0x6E00 else { return false }
        let match = CommandMatch(
            event.command, scopes: own, applications: dictionary.applications, mayBeSecret: false,
            mayAnswerSecret: false, secrets: secrets)
        guard match.file === file, match.leftover == 0, let names = match.names else { return false }
        let layout = file.fields(match.specification?.answer) ?? []
        if let waiting = status.bytesAvailable { return waiting == Self.length(of: layout) }
        guard response.count > 2 else { return match.data?.isEmpty == false }
        var reader = FieldReader(names: names, bytes: response, range: 0..<(response.count - 2), policy: secrets)
        do { _ = try reader.read(layout) } catch { return false }
        return reader.rest.isEmpty
    }

    /// How many bytes the fields have; nil where their number varies.
    private static func length(of fields: [FieldSpecification]) -> Int? {
        var total = 0
        for field in fields {
            guard let length = field.length, field.optional != true, field.lengthByte != true else { return nil }
            total += length
        }
        return fields.isEmpty ? nil : total
    }
}
