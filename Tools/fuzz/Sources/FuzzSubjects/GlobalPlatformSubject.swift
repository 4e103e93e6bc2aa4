import CardCrypto
import GlobalPlatform
import ISO7816

/// Secure channels, SCP03 and SCP02: what arrives is what was sent, a changed byte never verifies, a card with
/// arbitrary answers opens no channel, and no command harms the card's end.
enum GlobalPlatformSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        let choice = input.byte()
        switch choice >> 6 {
        case 0: try read(input.rest())
        case 1: try strangers(choice, &input)
        case 2: try managed(choice, &input)
        default: try carried(choice, &input)
        }
    }

    /// Lists and answers of cards are parsed or refused.
    private static func read(_ bytes: [UInt8]) throws(BrokenProperty) {
        do throws(GlobalPlatformError) { _ = try InitializeUpdate(bytes) } catch { try explained(error) }
        do throws(GlobalPlatformError) { _ = try KeyInformation.list(bytes) } catch { try explained(error) }
        let faults =
            CardData(bytes).faults + CardCapabilityInformation(bytes).faults + KeyInformationTemplate(bytes).faults
            + ProductionLifeCycle(bytes).faults + CardNumber(bytes, .issuer).faults
        try hold(
            faults.allSatisfy { (0...bytes.count).contains($0.offset) }, "a fault is within the bytes that were read")
        do throws(GlobalPlatformError) {
            _ = try AnsweringCard([bytes]).selectIssuerSecurityDomain()
        } catch {
            try explained(error)
        }
        for failure in AnsweringCard([bytes]).registryListing(limit: 16).failures { try explained(failure) }
    }

    private static func explained(_ error: GlobalPlatformError) throws(BrokenProperty) {
        try hold(!"\(error)".isEmpty && !error.subject.isEmpty, "an error names the thing concerned")
    }

    /// A card without the keys, with any answers.
    private static func strangers(_ choice: UInt8, _ input: inout InputReader) throws(BrokenProperty) {
        var answers: [[UInt8]] = []
        while !input.isAtEnd, answers.count < 4 { answers.append(input.piece()) }
        let card = AnsweringCard(answers)
        let keys = choice & 1 == 0 ? try keys().aes : try keys().tripleDES
        let opened = Result { () throws(GlobalPlatformError) in
            try card.openSecureChannel(keys, level: level(choice), isS16: choice & 2 != 0)
        }
        guard case .failure(let error) = opened else {
            throw BrokenProperty(description: "who does not have the keys opens no channel")
        }
        try explained(error)
        try hold(card.sent <= 1, "who does not have the keys gets no cryptogram")
    }

    /// Commands of any bytes to the management, within the channel.
    private static func managed(_ choice: UInt8, _ input: inout InputReader) throws(BrokenProperty) {
        let link = try Link(choice, keys())
        guard let channel = try link.open(level(choice)) else { return }
        var commands = 0
        while !input.isAtEnd, !channel.hasEnded, commands < 6 {
            commands += 1
            guard let command = command(&input) else { continue }
            do throws(CardError) { _ = try channel.transmit(command) } catch { return }
        }
    }

    /// Commands and answers of any bytes, each of which may be changed on its way.
    private static func carried(_ choice: UInt8, _ input: inout InputReader) throws(BrokenProperty) {
        let link = try Link(choice, keys())
        let level = level(choice)
        guard let channel = try link.open(level) else { return }
        var commands = 0
        while !input.isAtEnd, !channel.hasEnded, commands < 6 {
            commands += 1
            guard let command = command(&input) else { continue }
            let answer = response(&input)
            let change = input.byte()
            let (offset, mask) = (Int(input.byte()), input.byte())
            try link.expect(answer, change & 3, offset, mask | 1)
            let result = Result { () throws(CardError) in try channel.transmit(command) }
            try judge(result, command, answer, link, level)
        }
    }

    private static func judge(
        _ result: Result<ResponseAPDU, CardError>, _ command: CommandAPDU, _ answer: ResponseAPDU, _ link: Link,
        _ level: SecurityLevel
    ) throws(BrokenProperty) {
        if let arrived = link.arrived {
            let (a, b) = (arrived, command)
            // Le is not signed, and the class is not compared: its channel bits are those of the basic channel.
            try hold(
                a.ins == b.ins && a.p1 == b.p1 && a.p2 == b.p2 && a.data.elementsEqual(b.data),
                "what arrives is what was sent")
        }
        guard case .success(let response) = result, link.arrived != nil else { return }
        if !link.hasChangedAnswer {
            try hold(response == answer, "what comes back is what was answered")
        } else if level.contains(.answerMAC) {
            try hold(
                response.data.isEmpty && ![0x62, 0x63].contains(response.status.sw1) && response.status != .success,
                "an answer that was changed is not taken for a signed one")
        }
    }

    // MARK: What inputs choose

    private static let levels: [UInt8] = [0x01, 0x03, 0x11, 0x13, 0x33, 0x03, 0x13, 0x33]

    private static func level(_ choice: UInt8) -> SecurityLevel {
        SecurityLevel(rawValue: levels[Int(choice >> 2 & 7)])
    }

    private static func command(_ input: inout InputReader) -> CommandAPDU? {
        do throws(APDUError) { return try CommandAPDU([0x80] + input.piece()) } catch { return nil }
    }

    private static func response(_ input: inout InputReader) -> ResponseAPDU {
        let statuses: [UInt16] = [0x9000, 0x9000, 0x9000, 0x6310, 0x6283, 0x6A88, 0x6982, 0x9000]
        let status = StatusWord(statuses[Int(input.byte() & 7)])
        let isError = status == .referencedDataNotFound || status == .securityStatusNotSatisfied
        let data = input.piece()
        return ResponseAPDU(data: isError ? [] : Array(data.prefix(200)), status: status)
    }

    // MARK: The keys, made once

    struct Keys: Sendable {
        let aes: KeySet
        let tripleDES: KeySet
    }

    private static let made = Result { () throws(GlobalPlatformError) in
        func key(_ first: UInt8) -> Secret { Secret(copying: (0..<16).map { first &+ $0 &* 11 }) }
        return Keys(
            aes: try KeySet(.aes, encryption: key(1), mac: key(2), dataEncryption: key(3)),
            tripleDES: try KeySet(.tripleDES, encryption: key(4), mac: key(5), dataEncryption: key(6)))
    }

    private static func keys() throws(BrokenProperty) -> Keys {
        do throws(GlobalPlatformError) {
            return try made.get()
        } catch {
            throw BrokenProperty(description: "\(error)")
        }
    }
}
