import CardCrypto
import CardIOTesting
import HeadEnd
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite("What meters send home by card")
struct MeterStatusTests {
    @Test func `is kept once, whatever is lost on the way`() throws {
        let keys = try testKeys()
        let meters = [PartyKind.gasMeter, .waterMeter].map { PartyID(issuer: 0xA1B2C3, kind: $0, number: 3) }
        let card = try TestCard(keys: keys) { image in
            for (service, meter) in zip([UtilityService.gas, .water], meters) {
                let kx = Secret(copying: [UInt8](repeating: 1, count: 16))
                var slot = MeterBinding(service: service, meter: meter, version: 1, kx: kx)
                slot.statusNT = 12
                slot.statusTime = Timestamp(rawValue: 600)
                // Together more than one page holds.
                slot.meterStatus = [UInt8](repeating: service.rawValue, count: MeterStatusRecord.maxStatusBytes)
                image.put(slot)
            }
        }
        let records = try RecordFile.inMemory()
        let client = try client(records, keys)
        // SELECT, INITIALIZE, two pages.
        for fault in FaultyChannel.everyFault(exchanges: 4) {
            expect(.noSession) {
                _ = try client.collectMeterStatus(over: FaultyChannel(card.channel, fault: fault))
            }
        }
        #expect(try client.collectMeterStatus(over: card.channel).map(\.meter) == meters)
        #expect(try client.collectMeterStatus(over: card.channel).isEmpty)
        for (meter, service) in zip(meters, [UtilityService.gas, .water]) {
            let kept = try records.meterStatus(of: meter)
            #expect(kept.map(\.nt) == [12])
            #expect(kept.first?.status == [UInt8](repeating: service.rawValue, count: 128))
        }
    }
}
