import Foundation
import TestPrograms
import TestSupport
import Testing

/// The program killed at its calls that change files, before each and in it; then the same command is given again.
///
/// `VALUESTORE_CAMPAIGN=1` tries both at each call, otherwise one or the other at some of each command.
@Suite("Commands that are killed", .enabled(if: FaultCampaign.isSupported)) struct KilledCommandTests {
    @Test(arguments: FaultScenario.all) func `value, keys and records are right afterwards`(
        scenario: FaultScenario
    ) async throws {
        try await offPool { try kill(FaultCampaign(scenario)) { $0.status == -9 } }
    }

    /// The host notices that its line is closed.
    @Test(arguments: FaultScenario.onLine) func `so are they where the meter's process is killed`(
        scenario: FaultScenario
    ) async throws {
        try await offPool { try kill(FaultCampaign(scenario, of: .meter)) { [0, 2, 3].contains($0.status) } }
    }

    private func kill(_ campaign: FaultCampaign, expected: (VStoreProgram.Outcome) -> Bool) throws {
        for number in FaultCampaign.chosen(of: campaign.calls.count) {
            let both = [FileFault.killedBefore(number), .killedIn(number)]
            for fault in FaultCampaign.isWhole ? both : [both[number % 2]] {
                try campaign.attempt(fault, at: campaign.calls[number - 1]) { outcome, place in
                    // Beside another process it may have some calls fewer than when they were counted.
                    let isFewer = campaign.scenario.meter != nil || number >= campaign.calls.count - 1
                    let isOver = outcome.status == 0 && isFewer
                    #expect(expected(outcome) || isOver, "\(place): \(outcome)")
                }
            }
        }
    }
}
