public import Meter
internal import ValueProtocol

extension Bench {
    /// Executes a command, except a wait, which applies only to scripts. The result is in ``remark``.
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
        case .insertCard(let file): insertCard(file)
        case .removeCard: removeCard()
        case .toggleCard: if readerCard == nil, !cards.isCardIn { insertCard(nil) } else { removeCard() }
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

    /// Executes the request of a meter key.
    private func press(_ key: Keypad.Key) throws(MeterError) {
        guard hasPower() else { return }
        if key == .enter, keypad.entry.isEmpty, try meter.acceptSupply() { return }
        switch keypad.press(key) {
        case .emergency: try askForEmergency()
        case .redeem(let amount): redeem(amount)
        case .show, nil: break
        }
    }

    /// Keys do nothing without power.
    private func hasPower() -> Bool {
        if !installation.isPowered { remark = .noPower }
        return installation.isPowered
    }

    private func askForEmergency() throws(MeterError) {
        guard hasPower() else { return }
        remark = try meter.askForEmergency() ? .emergencyAsked : .noEmergency
    }

    // MARK: The card

    private func insertCard(_ file: String?) {
        emptySlot()
        do {
            try cards.insert(file)
            if !installation.isPowered { remark = .cardWaits }
            activateCard()
        } catch {
            remark = .failed(error)
        }
    }

    /// Powers up the inserted card and reads it; if the meter has no power, the card waits for it.
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

    func removeCard() {
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
