public import ISO7816

/// The kind of card in a port.
public enum DetectedCard {
    /// Asynchronous: it answered to reset and is ready for commands.
    case asynchronous(ContactSlot)
    /// A two-wire card, with its answer to reset (ISO/IEC 7816-10): SLE 4432, 4442, 5532, 5542.
    case twoWire(TwoWireReader, answer: [UInt8])
    /// An I²C memory, active. To create an ``I2CReader`` its kind must be known, since these cards do not tell their
    /// size.
    case i2c
}

extension ContactPort {
    /// Detects which kind of card is inserted, and activates it.
    ///
    /// It tries an asynchronous card first, in every class of `configuration`; if the card is mute, the answer to reset
    /// of a synchronous card; and last, whether an I²C memory acknowledges its address. None of this writes anything or
    /// spends a try of a code.
    ///
    /// - Throws: `CardError` `.noCard`, `.cardRemoved`; `.cardUnresponsive` where nothing answers, `.unsupported` for a
    ///   synchronous card of another kind; and what ``ContactSlot`` throws for a card that answers to reset but cannot
    ///   be used.
    public func detectCard(_ configuration: ContactSlot.Configuration = .init()) throws(CardError) -> DetectedCard {
        do throws(CardError) {
            return .asynchronous(try ContactSlot(self, configuration: configuration))
        } catch {
            let isMute = (error.cause as? TransmissionError)?.code == .mute
            guard isMute || configuration.classes.isEmpty else { throw error }
        }
        let insertion = insertions
        do throws(MemoryCardError) {
            try restart()
            let reader = try TwoWireReader(self)
            let answer = try reader.reset()
            // The protocol is the high half of the first byte: A is two-wire (ISO/IEC 7816-10, 5.3).
            if answer[0] >> 4 == 0xA { return .twoWire(reader, answer: answer) }
            if answer != [0xFF, 0xFF, 0xFF, 0xFF] {
                try stop()
                throw MemoryCardError(.unknownKind, name)
            }
            try restart()
            _ = try I2CReader(self, .at24c02).read(0, count: 1)
            return .i2c
        } catch {
            if insertion != insertions || !isCardPresent {
                throw CardError(.cardRemoved, subject: name, cause: error)
            }
            do throws(MemoryCardError) { try stop() } catch {
                throw CardError(.cardRemoved, subject: name, cause: error)
            }
            throw CardError(error.code == .unknownKind ? .unsupported : .cardUnresponsive, subject: name, cause: error)
        }
    }

    private func stop() throws(MemoryCardError) {
        do throws(CardError) { try deactivate() } catch { throw MemoryCardError(.noAnswer, name, cause: error) }
    }

    private func restart() throws(MemoryCardError) {
        try stop()
        wait(nanoseconds: Self.pause)
    }
}
