import CardIO
import CardTrace
import ISO7816

do {
    // The readers, and what is in them.
    let service = try PCSCService()
    let readers = try await service.readerStates()
    for (number, state) in readers.enumerated() {
        print("\(number): \(state.reader):", state.isCardPresent ? "a card" : "empty")
    }

    if let state = readers.first(where: \.isCardPresent) {
        let card = try await service.connect(to: .name(state.reader))

        // No other program can interfere while the card is held.
        try await card.withTransaction { transaction in
            var decoder = TraceDecoder(try APDUDictionary())
            let traced = TracingChannel(transaction, name: transaction.reader) { event in
                for line in TraceText().lines(for: decoder.decode(event)) { print(line) }
            }
            let channel = GetResponseChannel(traced)

            // SELECT by name without a name: the application selected after a reset, on most cards.
            let select = try CommandAPDU(cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, expectedLength: 256)
            let selected = try channel.transmit(select)
            if selected.status == .success { print(try TLV(selected.data)) }
            // GET DATA: issuer, card image and card data, none of which every card has.
            for tag in [0x42, 0x45, 0x66] as [UInt8] {
                _ = try channel.transmit(try CommandAPDU(cla: 0x00, ins: 0xCA, p1: 0x00, p2: tag, expectedLength: 256))
            }
        }
        try await card.disconnect(.leave)
    } else {
        print("Insert a card and run this again.")
    }
} catch {
    // No service, no card, or no answer: the error says which.
    print(error)
}
