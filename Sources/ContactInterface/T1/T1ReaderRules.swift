/// What a reader does on each block, and on a missing one (ISO/IEC 7816-3, 11.6.2 and 11.6.3).
extension T1Reader {
    mutating func receive(_ block: T1Block) {
        hasReceivedBlock = true
        switch (waiting, block.kind) {
        case (.response(let asked, let information), .response(let given)):
            guard asked == given, block.information == information else { return failed(.other) }
            attempts = 0
            responded(asked, information)
        case (.response, _): failed(.other)
        case (_, .information(let number, let more)): dequeueInformation(block.information, number, more: more)
        case (_, .ready(let number, _)): dequeueReady(number)
        case (_, .request(let supervision)): dequeueRequest(supervision, block.information)
        case (_, .response): failed(.other)
        }
    }

    private mutating func responded(_ asked: T1Block.Supervision, _ information: [UInt8]) {
        switch asked {
        case .informationFieldSize:
            readerFieldSize = Int(information[0])
            sendNext()
        case .resynchronize:
            (sendNumber, receiveNumber) = (0, 0)
            (cardFieldSize, readerFieldSize) = (Self.fieldSize(parameters), 32)
            // A card that has not received the end of a command cannot have executed it.
            guard !isCommandSent else { return end(.resynchronized) }
            command?.restart()
            resynchronizations = settings.resynchronizations
            if let size = settings.informationFieldSize, size != 32 {
                ask(.informationFieldSize, [size])
            } else {
                sendNext()
            }
        case .abort:
            let isTooLong = answer.count > settings.maxAnswerLength
            end(.aborted, "by the reader" + (isTooLong ? ": more than \(settings.maxAnswerLength) bytes" : ""))
        case .waitingTimeExtension: failed(.other)
        }
    }

    private mutating func dequeueInformation(_ information: [UInt8], _ number: UInt8, more: Bool) {
        guard number == receiveNumber, isCommandSent || isAborted else { return failed(.other) }
        attempts = 0
        receiveNumber ^= 1
        if !isAnswered { sendNumber ^= 1 }
        isAnswered = true
        answer += information
        guard answer.count <= settings.maxAnswerLength else {
            return more ? ask(.abort) : end(.protocolViolation, "an answer of \(answer.count) bytes")
        }
        guard more else { return finish(.success(answer)) }
        if isAbortRequested { return ask(.abort) }
        send(.ready(receiveNumber, .none))
    }

    private mutating func dequeueReady(_ number: UInt8) {
        guard !isAnswered else { return failed(.other) }
        if isAborted {
            sendNumber = number
            return end(.aborted, "by the card")
        }
        if number == sendNumber {
            attempts += 1
            guard attempts < settings.attempts else { return resynchronize() }
            return sendAgain()
        }
        guard !isCommandSent else { return failed(.other) }
        attempts = 0
        sendNumber ^= 1
        if isAbortRequested { return ask(.abort) }
        sendNext()
    }

    private mutating func dequeueRequest(_ supervision: T1Block.Supervision, _ information: [UInt8]) {
        switch supervision {
        case .waitingTimeExtension:
            guard information.count == 1, information[0] > 0 else { return failed(.other) }
            timesWaiting = Int(information[0])
        case .informationFieldSize:
            guard information.count == 1, (1...254).contains(information[0]) else { return failed(.other) }
            cardFieldSize = Int(information[0])
        case .abort:
            guard information.isEmpty else { return failed(.other) }
            isAborted = true
        case .resynchronize: return failed(.other)
        }
        attempts = 0
        send(.response(supervision), information)
    }

    /// A block is missing, or has an error.
    mutating func failed(_ fault: T1Block.Fault) {
        attempts += 1
        if case .response(.resynchronize, _) = waiting {
            resynchronizations += 1
            guard resynchronizations < settings.resynchronizations else { return lose(.unrecoverable) }
            return send(.request(.resynchronize))
        }
        guard attempts < settings.attempts else { return resynchronize() }
        if case .response(let asked, let information) = waiting {
            send(.request(asked), information)
        } else {
            send(.ready(receiveNumber, fault))
        }
    }

    /// The last resort before a reset.
    private mutating func resynchronize() {
        guard hasReceivedBlock else { return lose(.mute) }
        // A restarted command that fails again is not restarted once more.
        guard resynchronizations == 0 else { return lose(.unrecoverable) }
        attempts = 0
        receiver.clear()
        ask(.resynchronize)
    }
}
