import LineTesting
import PowerLine
import TestSupport
import Testing
import ValueProtocol

/// The suite for other implementations of a meter's end: ours passes, and those with a flaw do not.
@Suite("Meter end conformance") struct LinkTests {
    /// Our own meter's end, in the form that the suite asks for, at a station or without one; its flaws change what it hears,
    /// what it says, and what its element does.
    private func subject(
        _ membership: StationMembership = StationMembership(of: .none),
        hears: @escaping ([UInt8]) -> [UInt8] = { $0 }, says: @escaping ([UInt8]) -> [UInt8] = { $0 },
        process flaw: @escaping (@escaping MeterEndConformance.Subject.Process) -> MeterEndConformance.Subject.Process =
            { $0 }
    ) -> MeterEndConformance.Subject {
        MeterEndConformance.Subject(
            station: membership.assignment.map { .number($0.station) } ?? .unassigned,
            client: membership.assignment?.client ?? 0x42
        ) { process in
            let timing = HDLCTiming(bitRate: 9_600)
            let process = flaw(process)
            var station = HDLCStation(
                [HDLCSecondary(.element, timing: timing)], timing: timing, membership: membership)
            return { bytes in
                station.receive(hears(bytes), at: .zero)
                while let command = station[.element]?.dequeueCommand() {
                    station[.element]?.answer(process(command.bytes), to: command, at: .zero)
                }
                return says(station.dequeueOutput())
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `our meter's end holds what the suite asks of any`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try MeterEndConformance(subject()).check(using: &random, lines: 4)
        try MeterEndConformance(subject(.fixed(0x90, client: 0x17))).check(
            using: &random, lines: 4)
    }

    /// Rewrites the frames that an end says.
    private func rewriting(_ change: @escaping (HDLCFrame) -> HDLCFrame?) -> ([UInt8]) -> [UInt8] {
        { bytes in
            var reader = HDLCFrameReader()
            return HDLCFrame.bytes(of: reader.feed(bytes).compactMap(change))
        }
    }

    @Test func `an end with a flaw is found`() {
        let flaws: [(String, MeterEndConformance.Subject)] = [
            (
                "it does a command twice",
                subject(process: { process in
                    { command in
                        _ = process(command)
                        return process(command)
                    }
                })
            ),
            (
                "it answers a silent element's host with 6F00",
                subject(process: { process in { process($0) ?? [0x6F, 0x00] } })
            ),
            ("it never says DM", subject(says: rewriting { $0.control == .disconnectedMode ? nil : $0 })),
            (
                "it says that everything has arrived",
                subject(
                    says: rewriting { frame in
                        guard case .receiveReady(let number) = frame.control else { return frame }
                        return HDLCFrame(
                            frame.direction, frame.server, client: frame.client,
                            .receiveReady((number + 1) & 7))
                    })
            ),
            (
                "it answers for all",
                subject(
                    hears: { bytes in
                        var reader = HDLCFrameReader()
                        let own = HDLCServerAddress(.element, at: .unassigned)
                        let frames = reader.feed(bytes).map {
                            HDLCFrame(
                                .command, own, client: $0.client, $0.control, isFinal: $0.isFinal,
                                isSegmented: $0.isSegmented, information: $0.information)
                        }
                        return frames.isEmpty ? bytes : HDLCFrame.bytes(of: frames)
                    })
            ),
        ]
        for (flaw, subject) in flaws {
            var random = SeededGenerator(seed: 1)
            #expect(throws: MeterEndConformance.Violation.self, "\(flaw)") {
                try MeterEndConformance(subject).check(using: &random, lines: 2)
            }
        }
    }
}
