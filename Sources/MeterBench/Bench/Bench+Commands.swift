public import Meter
internal import ValueProtocol

extension Bench {
    /// Carries out a command; of a wait, which is a script's, nothing. What is to be said of it is ``remark``.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func carryOut(_ command: BenchCommand) throws(MeterError) {
        remark = nil
        switch command {
        case .page(let page): keypad.show(page)
        case .key(let key): try press(key)
        case .emergency: try askForEmergency()
        case .load(let channel, let watts, let powerFactor):
            guard hasChannel(channel) else { return }
            loads.set(channel, Load(watts: watts, powerFactor: powerFactor))
        case .changeLoad(let factor): loads.change(by: factor)
        case .profile: remark = loads.followProfile() ? .loadByProfile : .noProfile
        case .channel(let channel, let isOn):
            guard hasChannel(channel), installation.isPowered else { return }
            try meter.setChannel(channel, isOn: isOn ?? (meter.state(ofChannel: channel) != .on))
        case .relay(let channel, let isStuck):
            guard hasChannel(channel) else { return }
            let relay = installation.relays[channel]
            relay.isStuck = isStuck ?? !relay.isStuck
            remark = .contact(channel: channel + 1, isStuck: relay.isStuck)
        case .putCardIn(let file): putCardIn(file)
        case .takeCardOut: takeCardOut()
        case .toggleCard: if readerCard == nil, !cards.isCardIn { putCardIn(nil) } else { takeCardOut() }
        case .redeem(let amount): redeem(amount)
        case .bypass, .cover, .magnet, .surge: try changeSensors(command)
        case .sag(let factor): installation.lineFactor = factor ?? (installation.lineFactor == 1 ? 0.6 : 1)
        case .power(let isOn, let withLastGasp):
            if isOn ?? !installation.isPowered {
                try installation.restorePower(of: meter)
            } else {
                try installation.cutPower(of: meter, withLastGasp: withLastGasp)
            }
            followPower()
        case .speed(let speed): self.speed = speed
        case .changeSpeed(let factor):
            speed = SimulationSpeed(factor: min(100_000, max(1, (speed.factor ?? 100_000) * factor)))
        case .show: isReportWanted = true
        case .wait: break
        case .quit: isOver = true
        }
    }

    private func hasChannel(_ channel: Int) -> Bool {
        let exists = installation.channels.indices.contains(channel)
        if !exists { remark = .noChannel(channel + 1) }
        return exists
    }

    private func changeSensors(_ command: BenchCommand) throws(MeterError) {
        var reading = installation.sensors.reading
        switch command {
        case .bypass(let isOn): reading.isBypassed = isOn ?? !reading.isBypassed
        case .cover(let isOpen): reading.isCoverOpen = isOpen ?? !reading.isCoverOpen
        case .magnet(let isOn): reading.isMagnetNear = isOn ?? !reading.isMagnetNear
        default: reading.surges += 1
        }
        installation.sensors.reading = reading
        if installation.isPowered { try meter.watch() }
    }

    /// What a key of the meter asks for.
    private func press(_ key: Keypad.Key) throws(MeterError) {
        guard hasPower() else { return }
        switch keypad.press(key) {
        case .emergency: try askForEmergency()
        case .redeem(let amount): redeem(amount)
        case .show, nil: break
        }
    }

    /// Without power, no key does anything.
    private func hasPower() -> Bool {
        if !installation.isPowered { remark = .noPower }
        return installation.isPowered
    }

    private func askForEmergency() throws(MeterError) {
        guard hasPower() else { return }
        remark = try meter.askForEmergency() ? .emergencyAsked : .noEmergency
    }

    // MARK: The card

    private func putCardIn(_ file: String?) {
        emptySlot()
        do {
            try cards.insert(file)
            if !installation.isPowered { remark = .cardWaits }
            activateCard()
        } catch {
            remark = .failed(error)
        }
    }

    /// Gives the card that is in power, and looks at it; without power of the meter it waits for that.
    func activateCard() {
        guard installation.isPowered else { return }
        do {
            if let readerCard {
                slot.insert(readerCard)
            } else if let channel = try cards.activate() {
                slot.insert(channel)
            }
        } catch {
            slot.refuse(error)
        }
        switch slot.content {
        case .empty: break
        case .unusable(let error): remark = .failed(error)
        case .card(let card): remark = .card(card, cards.interface)
        }
    }

    func takeCardOut() {
        emptySlot()
        remark = .cardOut
    }

    private func emptySlot() {
        slot.remove()
        readerCard = nil
        cards.remove()
    }

    private func redeem(_ amount: Amount) {
        guard hasPower() else { return }
        do {
            remark = .redeemed(try slot.redeem(into: meter, amount))
        } catch {
            remark = .failed(error)
        }
    }
}
