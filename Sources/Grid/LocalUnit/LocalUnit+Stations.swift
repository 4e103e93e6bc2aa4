internal import PowerLine
internal import ValueProtocol

/// Who is on the line: rounds of discovery, stations given, and connections that prove them.
extension LocalUnit {
    /// Begins a new list, under another address: whatever stations there were are void.
    mutating func beginList(at now: Duration) {
        let former = list.client
        let all = (0x02...0x7E as ClosedRange<UInt8>).filter { $0 != former && $0 != 0x10 }
        let free = all.filter { !otherClients.contains($0) }
        // Somebody may have spoken under every address.
        guard let client = (free.isEmpty ? all : free).randomElement(using: &random) else { return }
        // A list of the same second would not be another.
        let epoch = max(epoch(at: now), former == 0 ? 0 : list.epoch &+ 1)
        change(.began(epoch: epoch, client: client))
        dropLinks()
        (unproven, unanswered, grants, unrecorded, discovery) = ([], [], [], [], nil)
        nextDiscovery = now
    }

    /// Another unit has this unit's address: it takes another one. Who says so without end takes no more than that.
    private mutating func yield(at now: Duration) {
        if let lastYield, now - lastYield < configuration.discoveryInterval {
            if !isImpersonated { report(.impersonated) }
            isImpersonated = true
            return
        }
        (lastYield, isImpersonated) = (now, false)
        beginList(at: now)
    }

    private mutating func change(_ change: StationList.Change) {
        list.apply(change)
        changes.append(change)
        areChangesPending = true
    }

    private var unit: StationMessage.Unit { StationMessage.Unit(configuration.eid, epoch: list.epoch) }

    /// Sends what finding meters needs next; false if nothing.
    mutating func serveStations(at now: Duration) -> Bool {
        if !grants.isEmpty {
            let part = Array(grants.prefix(StationMessage.maxGrants))
            grants.removeFirst(part.count)
            say(.assign(unit, part), at: now)
            unproven += part.map(\.meter).filter { !unproven.contains($0) }
            return true
        }
        // A station is not assigned, and no other round begun, before it is written down that it is given.
        guard !areChangesPending else { return false }
        if discovery == nil, now >= nextDiscovery {
            let missing = (configuration.listed?.count ?? configuration.expected) - list.count
            discovery = Discovery(expecting: missing, configuration.timing)
            unproven += unanswered.filter { !unproven.contains($0) }
            unanswered = []
        }
        if let round = discovery {
            say(.discover(unit, slots: round.slots), at: now)
            discovery?.open(at: lineFree)
            return true
        }
        return connectNext(at: now)
    }

    private mutating func say(_ message: StationMessage, at now: Duration) {
        send(
            [
                HDLCFrame(
                    .command, HDLCServerAddress(.management, at: .all), client: list.client, .unnumberedInformation,
                    isFinal: false, information: message.bytes)
            ], at: now)
    }

    /// Makes a connection that proves a station, in the fewest bytes: lengths and windows are agreed on when there is
    /// something to say.
    private mutating func connectNext(at now: Duration) -> Bool {
        while let meter = unproven.first {
            unproven.removeFirst()
            let id = LinkID(meter: meter, device: .element)
            guard let station = list.station(of: meter), links[id]?.connection.isBusy != true,
                links[id]?.connection.isConnected != true
            else { continue }
            var link = Link(connection: connection(to: .element, at: station, offered: .standard))
            link.connection.connect(at: now)
            link.connection.advance(to: now)
            links[id] = link
            begin(id, at: now)
            return true
        }
        return false
    }

    /// The slots of a frame have run out.
    mutating func closeSlots(at now: Duration) {
        guard let ends = discovery?.ends, now >= ends, let found = discovery?.close() else { return }
        for meter in found.twins where refused.insert(meter).inserted { report(.twins(meter)) }
        var taken = Set(unrecorded.map(\.station))
        var isUseful = found.collisions > 0
        for (meter, nonce) in found.meters.sorted(by: { $0.key < $1.key }) {
            if let listed = configuration.listed, !listed.contains(meter) {
                if refused.insert(meter).inserted { report(.notListed(meter)) }
                continue
            }
            let station: UInt16
            if let given = list.station(of: meter) {
                station = given
            } else {
                guard let free = list.freeStation(besides: taken) ?? withdrawSilent(at: now) else {
                    if refused.insert(meter).inserted { report(.lineFull(meter)) }
                    continue
                }
                station = free
                change(.given(meter, station: station))
            }
            taken.insert(station)
            refused.remove(meter)
            isUseful = true
            // The meter has no connection any more.
            for device in Exchange.Device.allCases { dropIdleLink(LinkID(meter: meter, device: device)) }
            let grant = StationMessage.Grant(meter, nonce: nonce, station: station)
            if areChangesPending { unrecorded.append(grant) } else { grants.append(grant) }
        }
        discovery?.record(isUseful: isUseful, hasFound: !found.meters.isEmpty)
        if discovery?.isDisturbed == true { report(.disturbed) }
        if discovery?.isOver == true {
            discovery = nil
            nextDiscovery = now + configuration.discoveryInterval
        }
    }

    private mutating func dropIdleLink(_ id: LinkID) {
        if links[id]?.isRunning == false { links[id] = nil }
    }

    /// Takes a station back from a meter that has been silent for long; nil if there is none.
    private mutating func withdrawSilent(at now: Duration) -> UInt16? {
        let silent = list.all.first { meter in
            now - (meters[meter]?.quality.lastHeard ?? began) >= StationList.quietLimit
        }
        guard let silent, let station = list.station(of: silent) else { return nil }
        change(.withdrawn(silent))
        for device in Exchange.Device.allCases { dropIdleLink(LinkID(meter: silent, device: device)) }
        return station
    }

    /// Takes what somebody says to all stations, or a meter's answer.
    mutating func receive(_ message: StationMessage, in frame: HDLCFrame, at now: Duration) {
        switch message {
        case .present(let meter, let nonce):
            guard frame.direction == .response else { return }
            if frame.client == list.client {
                discovery?.receive(meter, nonce: nonce, at: now)
            } else {
                otherClients.insert(frame.client)
            }
        case .discover(let other, _), .assign(let other, _), .release(let other, _):
            guard frame.direction == .command, other.eid != configuration.eid else { return }
            if otherClients.insert(frame.client).inserted { report(.otherUnit(other)) }
            // Its meters would take this unit's frames for that one's.
            if frame.client == list.client { yield(at: now) }
        }
    }
}
