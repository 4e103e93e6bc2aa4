import LineTesting
import PowerLine
import ValueProtocol

/// A host and a meter on a simulated line.
enum HDLCWorld {
    static let client: UInt8 = 0x42

    static func run(
        bitRate: Int = 9_600, faults: SimulatedLine.Faults = .none, seed: UInt64 = 1,
        station: HDLCServerAddress.Station = .unassigned, device: HDLCDevice = .element,
        offered: HDLCParameters = .offered, meterOffers: HDLCParameters = .offered,
        limits: HDLCPrimary.Limits = HDLCPrimary.Limits(),
        element: @escaping ([UInt8]) -> [UInt8]? = { $0.reversed() + [0x90, 0x00] }
    ) -> HDLCRun {
        let timing = HDLCTiming(bitRate: bitRate)
        let primary = HDLCPrimary(
            HDLCServerAddress(device, at: station), client: client, timing: timing, offered: offered, limits: limits)
        return HDLCRun(
            SimulatedLine(bitRate: bitRate, faults: faults, seed: seed), primary,
            meter(timing, station: station, meterOffers), devices: [.element, .cardSlot], element: element)
    }

    /// A meter with an element and a card slot, as after a power cut.
    static func meter(
        _ timing: HDLCTiming, station: HDLCServerAddress.Station = .unassigned, _ offered: HDLCParameters = .offered
    ) -> HDLCStation {
        var membership = StationMembership(of: .none)
        if case .number(let number) = station { membership = .fixed(number, client: client) }
        return HDLCStation(
            [HDLCDevice.element, .cardSlot].map { HDLCSecondary($0, timing: timing, offered: offered) }, timing: timing,
            membership: membership, maxInformationLength: offered.receiveLength)
    }

    static func answer(_ command: [UInt8]) -> HDLCPrimary.Outcome { .answered(command.reversed() + [0x90, 0x00]) }
}

extension StationMembership {
    /// A station that nobody changes.
    static func fixed(_ station: UInt16, client: UInt8) -> StationMembership {
        StationMembership(
            of: .none,
            Assignment(station: station, client: client, unit: StationMessage.Unit(.none, epoch: 0)))
    }
}

extension HDLCRun {
    /// The frames that were sent, each with its end: 0 the host, 1 the meter.
    var frames: [(end: Int, frame: HDLCFrame)] {
        line.sendings.flatMap { sending in
            var reader = HDLCFrameReader()
            return reader.feed(sending.bytes).map { (sending.end, $0) }
        }
    }
}
