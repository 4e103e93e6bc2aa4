import LineTesting
import PowerLine
import TestSupport
import Testing

@Suite("HDLC link") struct HDLCLinkTests {
    /// Four frames, 12 or 14 bytes around each APDU, and nothing else: SELECT is not needed where the element is known, and
    /// each frame confirms the one before it.
    @Test(arguments: [(UInt16(0x10), 213), (0x7D, 213), (0x80, 221), (0x111, 221)])
    func `a STORE CREDIT over an open connection takes 213 bytes, 221 with long addresses`(
        _ station: UInt16, _ count: Int
    ) throws {
        let transcript = try #require(try APDUTranscript.all().first { $0.name == "store-credit-two" })
        let steps = try #require(transcript.steps)[1...2].map { (command: hex($0.command), response: hex($0.response)) }
        try #require(steps.map { $0.command[1] } == [0x50, 0x52])
        var run = HDLCWorld.run(station: .number(station)) { command in
            steps.first { $0.command == command }?.response
        }
        #expect(run.connect() == .connected)
        let before = run.line.byteCounts.reduce(0, +)
        for step in steps { #expect(run.exchange(step.command) == .answered(step.response)) }
        #expect(run.line.byteCounts.reduce(0, +) - before == count)
        #expect(run.frames.suffix(4).map(\.end) == [0, 1, 0, 1])
    }

    @Test func `the bytes of a connection and an exchange`() {
        var run = HDLCWorld.run(offered: .standard, meterOffers: .standard) { _ in [0x90, 0x00] }
        #expect(run.exchange([0x00, 0xCA, 0x01, 0x00]) == .answered([0x90, 0x00]))
        #expect(run.disconnect() == .disconnected)
        let address = HDLCServerAddress(.element, at: .unassigned)
        #expect(
            run.line.sendings.map(\.bytes)
                == [
                    HDLCFrame(.command, address, client: 0x42, .setNormalResponseMode),
                    HDLCFrame(.response, address, client: 0x42, .unnumberedAcknowledgement),
                    HDLCFrame(
                        .command, address, client: 0x42, .information(send: 0, receive: 0),
                        information: [0x00, 0xCA, 0x01, 0x00]),
                    HDLCFrame(
                        .response, address, client: 0x42, .information(send: 0, receive: 1), information: [0x90, 0x00]),
                    HDLCFrame(.command, address, client: 0x42, .disconnect),
                    HDLCFrame(.response, address, client: 0x42, .unnumberedAcknowledgement),
                ].map(\.bytes))
        #expect(!run.primary.isConnected && run.station[.element]?.client == nil)
    }

    /// Lengths around what one, two and many segments hold, and those of extended APDUs.
    @Test(arguments: [1, 2, 3, 7] as [Int], [64, 128, 257] as [Int])
    func `messages of any length arrive in both directions`(_ window: Int, _ length: Int) {
        let offered = HDLCParameters(length: length, window: window)
        var run = HDLCWorld.run(bitRate: 115_200, offered: offered, meterOffers: offered)
        run.line.isRecording = false
        var random = SeededGenerator(seed: UInt64(window * length))
        for count in [1, 5, length - 2, length - 1, length, length + 1, 3 * length, 8 * length + 1, 2_000] {
            let command = random.bytes(count)
            #expect(run.exchange(command) == HDLCWorld.answer(command))
            #expect(run.commands.last == command)
        }
        #expect(run.primary.parameters == offered && run.station[.element]?.parameters == offered)
    }

    @Test func `an extended APDU of 65,535 bytes and its answer arrive`() {
        var random = SeededGenerator(seed: 65)
        let (command, response) = (random.bytes(65_544), random.bytes(65_538))
        var run = HDLCWorld.run(bitRate: 128_000) { _ in response }
        run.line.isRecording = false
        #expect(run.exchange(command) == .answered(response))
        #expect(run.commands == [command])
    }

    @Test func `a message that is longer than an end takes ends the connection`() {
        var limits = HDLCPrimary.Limits()
        limits.message = 300
        var run = HDLCWorld.run(limits: limits) { _ in [UInt8](repeating: 1, count: 301) }
        #expect(run.exchange([1]) == .failed(.perhapsDone))
        #expect(!run.primary.isConnected)
        run = HDLCWorld.run { _ in [UInt8](repeating: 1, count: 65_545) }
        #expect(run.exchange([1]) == .answered([]), "as from an element that gives no answer")
    }

    @Test func `the smaller of what both ends offer is agreed`() {
        let meter = HDLCParameters(transmitLength: 50, receiveLength: 70, transmitWindow: 2, receiveWindow: 3)
        var run = HDLCWorld.run(offered: HDLCParameters(length: 60, window: 7), meterOffers: meter)
        #expect(run.connect() == .connected)
        #expect(
            run.primary.parameters
                == HDLCParameters(transmitLength: 60, receiveLength: 50, transmitWindow: 3, receiveWindow: 2))
        let command = [UInt8](repeating: 7, count: 500)
        #expect(run.exchange(command) == HDLCWorld.answer(command))
        for (end, frame) in run.frames { #expect(frame.information.count <= (end == 0 ? 60 : 50)) }
    }

    @Test(arguments: [2_400, 9_600, 19_200, 128_000])
    func `an answer that is not ready is asked for until it is`(_ bitRate: Int) {
        var run = HDLCWorld.run(bitRate: bitRate)
        run.processing = .seconds(2)
        #expect(run.exchange([1, 2, 3]) == HDLCWorld.answer([1, 2, 3]))
        #expect(run.commands == [[1, 2, 3]])
        // Each is told at once that it is not ready; pauses grow, so that the line is free for others.
        let asked = run.frames.filter { $0.end == 0 }.count
        #expect(5...30 ~= asked)
        let limit = Duration.milliseconds(bitRate <= 9_600 ? 20 : 10)
        for (before, after) in zip(run.line.sendings, run.line.sendings.dropFirst()) where after.end == 1 {
            let wait = after.begins - before.begins - run.line.byteTime * before.bytes.count
            #expect(wait <= limit)
        }
    }

    @Test func `an answer that is never ready is given up`() {
        var run = HDLCWorld.run()
        run.processing = .seconds(4_000)
        #expect(run.exchange([1]) == .failed(.perhapsDone))
        #expect(run.now < .seconds(70))
    }

    @Test func `an element that gives no answer is told from one that was not reached`() {
        var run = HDLCWorld.run { _ in nil }
        #expect(run.exchange([1]) == .answered([]))
        #expect(run.primary.isConnected)
    }

    @Test func `where no card is in the slot no connection is made`() {
        var run = HDLCWorld.run(device: .cardSlot)
        run.station[.cardSlot]?.setAvailable(false, at: .zero)
        #expect(run.exchange([1]) == .refused)
        run.station[.cardSlot]?.setAvailable(true, at: run.now)
        #expect(run.exchange([1]) == HDLCWorld.answer([1]))
        // It is taken out between two commands: the next was not sent.
        run.station[.cardSlot]?.setAvailable(false, at: run.now)
        #expect(run.exchange([2]) == .failed(.notSent))
        #expect(run.exchange([2]) == .refused)
        #expect(run.commands == [[1]])
    }

    @Test func `a card that is taken out while it works leaves the outcome open`() {
        var run = HDLCWorld.run(device: .cardSlot)
        run.processing = .seconds(1)
        #expect(run.connect() == .connected)
        run.primary.exchange([1], at: run.now)
        run.settle { $0.commands.count == 1 }
        run.station[.cardSlot]?.setAvailable(false, at: run.now)
        #expect(run.settle() == .failed(.perhapsDone))
    }

    @Test func `a meter that lost its power says so: nothing was sent, or it was perhaps done`() {
        var run = HDLCWorld.run()
        #expect(run.exchange([1]) == HDLCWorld.answer([1]))
        run.restart(HDLCWorld.meter(HDLCTiming(bitRate: 9_600)))
        #expect(run.exchange([2]) == .failed(.notSent))
        #expect(run.exchange([2]) == HDLCWorld.answer([2]))
        run.processing = .seconds(1)
        run.primary.exchange([3], at: run.now)
        run.settle { $0.commands.count == 3 }
        run.restart(HDLCWorld.meter(HDLCTiming(bitRate: 9_600)))
        #expect(run.settle() == .failed(.perhapsDone))
    }

    @Test func `a silent line ends as known: nothing was sent, or it was perhaps done`() {
        var faults = SimulatedLine.Faults.none
        faults.loses = 1
        var run = HDLCWorld.run(faults: faults)
        #expect(run.exchange([1]) == .failed(.notSent))
        #expect(run.now > .milliseconds(500) && run.now < .seconds(30))
        run = HDLCWorld.run()
        #expect(run.connect() == .connected)
        for number in 2..<200 { run.line.events[number] = .lost }
        #expect(run.exchange([1]) == .failed(.perhapsDone))
        // Pauses grow: the last is longer than the first.
        let begins = run.line.sendings.filter { $0.end == 0 }.map(\.begins)
        #expect(begins[begins.count - 1] - begins[begins.count - 2] > (begins[3] - begins[2]) * 4)
        #expect(run.commands.isEmpty)
    }

    @Test func `a command whose end was never sent was not sent`() {
        let offered = HDLCParameters(length: 20, window: 1)
        var run = HDLCWorld.run(offered: offered, meterOffers: offered)
        #expect(run.connect() == .connected)
        for number in 4..<200 { run.line.events[number] = .lost }
        #expect(run.exchange([UInt8](repeating: 1, count: 50)) == .failed(.notSent))
    }

    @Test func `a meter answers no client but the one that assigned its station`() {
        let timing = HDLCTiming(bitRate: 9_600)
        var station = HDLCWorld.meter(timing, station: .number(0x20))
        func hear(_ client: UInt8, _ place: HDLCServerAddress.Station, isLong: Bool = false) -> [UInt8] {
            let address = HDLCServerAddress(.element, at: place, isLong: isLong)
            station.receive(HDLCFrame(.command, address, client: client, .setNormalResponseMode).bytes, at: .zero)
            return station.dequeueOutput()
        }
        #expect(hear(0x43, .number(0x20)).isEmpty)
        #expect(hear(HDLCWorld.client, .number(0x21)).isEmpty)
        #expect(hear(HDLCWorld.client, .unassigned).isEmpty)
        #expect(hear(HDLCWorld.client, .all).isEmpty)
        #expect(!hear(HDLCWorld.client, .number(0x20)).isEmpty)
        // It is answered in the form in which it was asked.
        let long = hear(HDLCWorld.client, .number(0x20), isLong: true)
        #expect(HDLCFrame(content: Array(long.dropFirst().dropLast()))?.server.isLong == true)
        // A meter without a station answers any client, at 02 FD and 00 02 FE FD.
        station = HDLCWorld.meter(timing)
        #expect(!hear(0x43, .unassigned).isEmpty && !hear(0x44, .unassigned, isLong: true).isEmpty)
        #expect(hear(0x43, .number(0x20)).isEmpty)
    }

    @Test func `a connection is its client's alone`() {
        var station = HDLCWorld.meter(HDLCTiming(bitRate: 9_600))
        let address = HDLCServerAddress(.element, at: .unassigned)
        func ask(_ client: UInt8, _ control: HDLCControl, _ information: [UInt8] = []) -> HDLCControl? {
            station.receive(
                HDLCFrame(.command, address, client: client, control, information: information).bytes, at: .zero)
            var reader = HDLCFrameReader()
            return reader.feed(station.dequeueOutput()).first?.control
        }
        #expect(ask(1, .information(send: 0, receive: 0), [1]) == .disconnectedMode)
        #expect(ask(1, .setNormalResponseMode) == .unnumberedAcknowledgement)
        #expect(ask(2, .information(send: 0, receive: 0), [1]) == .disconnectedMode)
        let arrived = station[.element]?.dequeueCommand()
        #expect(arrived == nil)
        #expect(ask(2, .disconnect) == .disconnectedMode)
        #expect(ask(1, .receiveReady(0)) == .receiveReady(0))
        #expect(ask(2, .setNormalResponseMode) == .unnumberedAcknowledgement)
        #expect(ask(1, .receiveReady(0)) == .disconnectedMode)
    }

    @Test func `what cannot be carried out is rejected until the connection is made anew`() {
        let rejected: [(HDLCControl, [UInt8], HDLCRejection.Reason)] = [
            (.other(0xEF), [], .control), (.information(send: 0, receive: 3), [1], .receiveNumber),
            (.information(send: 0, receive: 0), [UInt8](repeating: 1, count: 129), .informationTooLong),
            (.receiveReady(0), [1], .informationNotPermitted), (.receiveReady(5), [], .receiveNumber),
        ]
        for (control, information, reason) in rejected {
            var station = HDLCWorld.meter(HDLCTiming(bitRate: 9_600))
            let address = HDLCServerAddress(.element, at: .unassigned)
            func ask(_ control: HDLCControl, _ information: [UInt8] = []) -> HDLCFrame? {
                let frame = HDLCFrame(.command, address, client: 1, control, information: information)
                station.receive(frame.bytes, at: .zero)
                var reader = HDLCFrameReader()
                return reader.feed(station.dequeueOutput()).first
            }
            #expect(ask(.setNormalResponseMode)?.control == .unnumberedAcknowledgement)
            for attempt in 0..<2 {
                let answer = attempt == 0 ? ask(control, information) : ask(.receiveReady(0))
                #expect(answer?.control == .frameReject)
                let rejection = answer.flatMap { HDLCRejection($0.information) }
                #expect(rejection?.reason == reason)
                #expect(rejection?.control == control.byte | 0x10)
            }
            #expect(ask(.setNormalResponseMode)?.control == .unnumberedAcknowledgement)
            #expect(ask(.receiveReady(0))?.control == .receiveReady(0))
        }
    }

    @Test func `an end that is rejected makes the connection anew`() {
        var run = HDLCWorld.run()
        #expect(run.connect() == .connected)
        let address = HDLCServerAddress(.element, at: .unassigned)
        run.primary.exchange([1], at: run.now)
        _ = run.primary.dequeueOutput()
        let later = run.now + .seconds(1)
        run.primary.receive(
            HDLCFrame(.response, address, client: HDLCWorld.client, .frameReject, information: [0x10, 0, 1]).bytes,
            at: later)
        #expect(run.primary.outcome == .failed(.perhapsDone))
        #expect(!run.primary.isConnected)
        #expect(run.exchange([1]) == HDLCWorld.answer([1]))
    }

    @Test func `a command that comes before the answer to the last is not taken`() {
        var station = HDLCWorld.meter(HDLCTiming(bitRate: 9_600))
        let address = HDLCServerAddress(.element, at: .unassigned)
        func ask(_ control: HDLCControl, _ information: [UInt8] = []) -> HDLCControl? {
            let frame = HDLCFrame(.command, address, client: 1, control, information: information)
            station.receive(frame.bytes, at: .zero)
            var reader = HDLCFrameReader()
            return reader.feed(station.dequeueOutput()).first?.control
        }
        #expect(ask(.setNormalResponseMode) == .unnumberedAcknowledgement)
        #expect(ask(.information(send: 0, receive: 0), [1]) == nil)
        let command = station[.element]?.dequeueCommand()
        #expect(command?.bytes == [1])
        #expect(ask(.information(send: 1, receive: 0), [2]) == .receiveNotReady(1))
        if let command { station[.element]?.answer([9], to: command, at: .zero) }
        #expect(ask(.receiveNotReady(0)) == .receiveReady(1), "who is not ready is sent nothing")
        #expect(ask(.receiveReady(0)) == .information(send: 0, receive: 1))
        #expect(ask(.receiveReady(0)) == .information(send: 0, receive: 1), "what is not confirmed is repeated")
        #expect(ask(.information(send: 1, receive: 1), [2]) == nil)
        let next = station[.element]?.dequeueCommand()
        #expect(next?.bytes == [2])
    }

    @Test func `the answer to a command of an earlier connection is dropped`() throws {
        var station = HDLCWorld.meter(HDLCTiming(bitRate: 9_600))
        let address = HDLCServerAddress(.element, at: .unassigned)
        func ask(_ control: HDLCControl, _ information: [UInt8] = []) {
            let frame = HDLCFrame(.command, address, client: 1, control, information: information)
            station.receive(frame.bytes, at: .zero)
        }
        ask(.setNormalResponseMode)
        ask(.information(send: 0, receive: 0), [1])
        let arrived = station[.element]?.dequeueCommand()
        let command = try #require(arrived)
        ask(.setNormalResponseMode)
        _ = station.dequeueOutput()
        station[.element]?.answer([9], to: command, at: .zero)
        ask(.receiveReady(0))
        var reader = HDLCFrameReader()
        #expect(reader.feed(station.dequeueOutput()).map(\.control) == [.receiveReady(0)])
    }

    @Test func `a host that hears itself hears the meter too`() {
        var faults = SimulatedLine.Faults.none
        faults.hasEcho = true
        var run = HDLCWorld.run(faults: faults)
        run.processing = .milliseconds(15)
        for number in 0..<20 as Range<UInt8> { #expect(run.exchange([number]) == HDLCWorld.answer([number])) }
        // Each exchange: the command, that it is not ready, the question, the answer. Nothing is repeated.
        #expect(run.line.sendingCount == 2 + 20 * 4)
    }

    @Test func `element and card are two connections on one line`() {
        var run = HDLCWorld.run()
        #expect(run.exchange([1]) == HDLCWorld.answer([1]))
        let element = run.primary
        run.primary = HDLCPrimary(
            HDLCServerAddress(.cardSlot, at: .unassigned), client: HDLCWorld.client, timing: HDLCTiming(bitRate: 9_600))
        #expect(run.exchange([2]) == HDLCWorld.answer([2]))
        run.primary = element
        #expect(run.exchange([3]) == HDLCWorld.answer([3]))
        #expect(run.frames.filter { $0.frame.control == .setNormalResponseMode }.count == 2)
    }

    @Test func `what is cancelled leaves no connection`() {
        var run = HDLCWorld.run()
        run.primary.exchange([1], at: .zero)
        run.primary.cancel()
        #expect(run.primary.outcome == .failed(.notSent))
        #expect(run.primary.dequeueOutput().isEmpty && run.primary.wake == nil)
        #expect(run.exchange([1]) == HDLCWorld.answer([1]))
        run.primary.exchange([2], at: run.now)
        run.primary.cancel()
        #expect(run.primary.outcome == .failed(.perhapsDone))
    }
}
