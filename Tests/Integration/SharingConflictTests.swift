import CardIO
import CardIOTesting
import Diagnostics
import Foundation
import ISO7816
import TestSupport
import Testing

/// Which program holds a card that another one needs. Each test has its own pcscd, and so its own clients.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct SharingConflictTests {
    @Test func `the error names the program that holds the card`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let virtual = try await own.insert(ReferenceCard())
                let reader = own.daemon.slots[0].reader
                let holder = try HoldingProgram(reader, environment: own.daemon.environment)
                let error = await #expect(throws: CardError.self) { try await own.connect(timeout: .zero) }
                #expect(error?.code == .sharingViolation)
                #expect(error?.subject == reader)
                let conflict = error?.cause as? SharingConflict
                #expect(conflict?.programs == [ConnectedProgram(name: "python3", process: holder.process)])
                #expect(conflict?.isOwn == false && conflict?.hiddenCount == 0)
                #expect(
                    error?.description.contains(
                        "(held by python3 (\(holder.process)); SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B))")
                        == true
                )
                // A second program that holds another card cannot be distinguished from the one that holds this one.
                let other = try VirtualReaderCard(ReferenceCard(), port: own.daemon.slots[1].port)
                try await other.insert()
                try await own.service.waitForCard(
                    in: .name(own.daemon.slots[1].reader), deadline: .testDeadline)
                let second = try HoldingProgram(own.daemon.slots[1].reader, environment: own.daemon.environment)
                let both = await #expect(throws: CardError.self) { try await own.connect(timeout: .zero) }
                let numbers = (both?.cause as? SharingConflict)?.programs.map(\.process)
                #expect(numbers == [holder.process, second.process].sorted())
                #expect(both?.description.contains("held by one of: python3 (") == true)
                try holder.end()
                try second.end()
                #expect(try await own.connect().status().isPresent)
                await virtual.remove()
                await other.remove()
            }
        }
    }

    /// A program that only polls, as desktops do, is not a reason to refuse.
    @Test func `a card that is let go is had`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let virtual = try await own.insert(ReferenceCard())
                let reader = ReaderQuery.name(own.daemon.slots[0].reader)
                let holder = try HoldingProgram(own.daemon.slots[0].reader, environment: own.daemon.environment)
                let refused = await #expect(throws: CardError.self) {
                    try await own.service.connect(to: reader, mode: .exclusive, timeout: .zero)
                }
                #expect(refused?.code == .sharingViolation)
                let clock = HandClock()
                let service = own.service
                let connecting = DeadlineClock.$current.withValue(DeadlineClock(clock)) {
                    Task { try await service.connect(to: reader, mode: .exclusive, timeout: .seconds(600)) }
                }
                // It reads the clock before the first attempt, and again once that was refused.
                await clock.waitForLooks(2)
                try holder.end()
                try await connecting.value.disconnect(.leave)
                await virtual.remove()
            }
        }
    }

    /// The caller no longer waits, so the card is not connected.
    @Test func `a wait that is given up takes no card`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let virtual = try await own.insert(ReferenceCard())
                let reader = ReaderQuery.name(own.daemon.slots[0].reader)
                let holder = try HoldingProgram(own.daemon.slots[0].reader, environment: own.daemon.environment)
                let service = own.service
                let late = await #expect(throws: CardError.self) {
                    // Four readings of the clock: as the call and its wait begin, and, once it was refused, whether it
                    // is still wanted and whether to go on.
                    try await passingDeadline(once: { await $0.waitForLooks(4) }) { deadline in
                        try await service.connect(to: reader, timeout: .seconds(600), deadline: deadline)
                    }
                }
                #expect(late?.code == .deadlineExceeded)
                try holder.end()
                try await own.service.connect(to: reader, mode: .exclusive, timeout: .seconds(600)).disconnect(.leave)
                await virtual.remove()
            }
        }
    }

    @Test func `this program is named where it holds the card itself`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let virtual = try await own.insert(ReferenceCard())
                let reader = ReaderQuery.name(own.daemon.slots[0].reader)
                let holder = try await own.service.connect(to: reader, mode: .exclusive)
                let error = await #expect(throws: CardError.self) { try await own.connect(timeout: .zero) }
                #expect((error?.cause as? SharingConflict)?.isOwn == true)
                // Once it is shared again, others can connect.
                try await holder.reconnect(mode: .shared)
                try await own.connect().disconnect(.leave)
                await virtual.remove()
            }
        }
    }
}
