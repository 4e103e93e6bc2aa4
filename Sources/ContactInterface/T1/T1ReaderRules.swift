/// What a reader does with each block, and where one does not come (ISO/IEC 7816-3, 11.6.2 and 11.6.3).
extension T1Reader {
    mutating func take(_ block: T1Block) {
        hasHeard = true
        switch (waiting, block.kind) {
        case (.response(let asked, let information), .response(let given)):
            guard asked == given, block.information == information else { return failed(.other) }
            attempts = 0
            responded(asked, information)
        case (.response, _): failed(.other)
        case (_, .information(let number, let more)): takeInformation(block.information, number, more: more)
        case (_, .ready(let number, _)): takeReady(number)
        case (_, .request(let supervision)): takeRequest(supervision, block.information)
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
            // A card that has not got the end of a command cannot have acted on it.
            guard !isWholeOut else { return end(.resynchronized) }
            command?.restart()
            resynchronizations = settings.resynchronizations
            if let size = settings.informationFieldSize, size != 32 {
                ask(.informationFieldSize, [size])
            } else {
                sendNext()
            }
        case .abort:
            let isTooLong = answer.count > settings.greatestAnswer
            end(.aborted, "by the reader" + (isTooLong ? ": more than \(settings.greatestAnswer) bytes" : ""))
        case .waitingTimeExtension: failed(.other)
        }
    }

    private mutating func takeInformation(_ information: [UInt8], _ number: UInt8, more: Bool) {
        guard number == receiveNumber, isWholeOut || isAborted else { return failed(.other) }
        attempts = 0
        receiveNumber ^= 1
        if !isAnswered { sendNumber ^= 1 }
        isAnswered = true
        answer += information
        guard answer.count <= settings.greatestAnswer else {
            return more ? ask(.abort) : end(.protocolViolation, "an answer of \(answer.count) bytes")
        }
        guard more else { return finish(.success(answer)) }
        if wantsAbort { return ask(.abort) }
        send(.ready(receiveNumber, .none))
    }

    private mutating func takeReady(_ number: UInt8) {
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
        guard !isWholeOut else { return failed(.other) }
        attempts = 0
        sendNumber ^= 1
        if wantsAbort { return ask(.abort) }
        sendNext()
    }

    private mutating func takeRequest(_ supervision: T1Block.Supervision, _ information: [UInt8]) {
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

    /// A block did not come, or came with an error.
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

    /// The reader's last means before a reset.
    private mutating func resynchronize() {
        guard hasHeard else { return lose(.mute) }
        // A restarted command that fails again is not begun a third time.
        guard resynchronizations == 0 else { return lose(.unrecoverable) }
        attempts = 0
        receiver.clear()
        ask(.resynchronize)
    }
}
