internal import ValueProtocol

/// Interpreting the card's answers to components.
extension KeyCeremony {
    mutating func loaded(
        _ component: KeyComponent, _ request: ComponentRequest, _ answered: KeyCheckValue?
    ) throws(CeremonyError) -> CeremonyEvent {
        guard let answered else { throw CeremonyError(.outOfTurn, "\(request)") }
        guard request.isLast else {
            guard answered == component.checkValue else {
                startOver(request.key)
                throw CeremonyError(
                    .checkValueDiffers, "\(request): here \(component.checkValue), on the card \(answered)")
            }
            confirm(request)
            return .componentAccepted(request, answered)
        }
        confirm(request)
        finishedKeys.append(KeyDescriptor(request.key, answered))
        if let expected = plan.keys.first(where: { $0.name == request.key })?.checkValue, expected != answered {
            throw CeremonyError(.checkValueDiffers, "\(request.key): planned \(expected), on the card \(answered)")
        }
        return .keyFinished(request, component: component.checkValue, key: answered)
    }

    /// A refusal leaves the step open, except for a component sent again because its answer was lost: the refusal shows
    /// that the card has it, as its check value was right and its custodian had given the PIN.
    mutating func failed(_ command: CeremonyCommand, _ error: MasterKeyError) throws(CeremonyError) -> CeremonyEvent {
        switch command {
        case .load(let component, let request):
            let isRefusal = error.code == .componentRefused || error.code == .custodianRefused
            if isRefusal, doubtful.contains(request), !request.isLast {
                confirm(request)
                return .componentAlreadyAccepted(request, component.checkValue)
            }
            if error.code == .noAnswer {
                doubtful.insert(request)
            } else if !doubtful.contains(request) || isRefusal {
                doubtful.remove(request)
                record.components.removeAll { $0.request == request }
            }
        case .setPIN(_, let custodian) where error.code != .noAnswer: record.pins[custodian] = nil
        case .verify(_, let custodian) where error.code == .noPIN: record.pins[custodian] = nil
        default: break
        }
        if error.code == .noAnswer || error.code == .notSelected { isSelected = false }
        throw CeremonyError(.card, "\(command)", cause: error)
    }

    private mutating func confirm(_ request: ComponentRequest) {
        doubtful.remove(request)
        for index in record.components.indices where record.components[index].request == request {
            record.components[index].isConfirmed = true
        }
    }
}
