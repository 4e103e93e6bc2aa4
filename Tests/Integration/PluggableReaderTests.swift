import CardIO
import ISO7816
import Testing

/// A reader that comes and goes. Each test has a pcscd, and so a process, of its own.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct PluggableReaderTests {
    @Test func aReaderPulledInMidExchangeIsAnError() async {
        await #expect(processExitsWith: .success) {
            let own = try await OwnPCSCD(pluggable: true)
            guard let pluggable = own.daemon.pluggable else { return }
            let card = try await own.service.connect(to: .only, deadline: .now + .seconds(90))
            let endless = try CommandAPDU(PluggableReader.endless)
            let exchange = Task { try await card.transmit(endless) }
            try await pluggable.waitUntilBusy()
            try pluggable.pullOut()
            let error = await #expect(throws: CardError.self) { try await exchange.value }
            #expect(error?.subject == pluggable.reader)
            try await own.service.waitForRemoval(from: .name(pluggable.reader), deadline: .now + .seconds(90))
            let gone = await #expect(throws: CardError.self) { try await card.transmit(endless) }
            #expect([.readerUnavailable, .notConnected, .cardRemoved].contains(gone?.code))
            try pluggable.plugIn()
            try await own.service.waitForCard(deadline: .now + .seconds(90))
            let again = try await own.service.connect(to: .only, deadline: .now + .seconds(90))
            #expect(try await again.transmit(CommandAPDU([0x00, 0x70, 0x00, 0x00])).status == .success)
        }
    }

    @Test func thePinpadIsReachedThroughTheService() async {
        await #expect(processExitsWith: .success) {
            let own = try await OwnPCSCD(pluggable: true)
            let card = try await own.service.connect(to: .only, deadline: .now + .seconds(90))
            #expect(try await card.features().entries.map(\.feature) == [.verifyPIN])
            let verify: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data
            await #expect(throws: CardError(.pinEntryCancelled, subject: "")) {
                try await card.withTransaction { transaction in
                    try Pinpad(transaction).verify(PINVerification(PINEntry(.format2, digits: 4...12), command: verify))
                }
            }
        }
    }
}
