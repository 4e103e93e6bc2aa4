import Foundation
import TestPrograms
import TestSupport
import Testing

/// A disk that is full from one of a command's calls on, and a sync that fails; then there is space again.
///
/// `VALUESTORE_CAMPAIGN=1` tries each call, otherwise some of each command.
@Suite("Commands on a failing disk", .enabled(if: FaultCampaign.isSupported)) struct FailingDiskTests {
    @Test(arguments: FaultScenario.all) func `nothing is lost where it is full`(
        scenario: FaultScenario
    ) async throws {
        try await offPool {
            let campaign = try FaultCampaign(scenario)
            for number in FaultCampaign.chosen(of: campaign.calls.count) {
                try campaign.attempt(.diskFull(from: number), at: campaign.calls[number - 1]) { outcome, place in
                    check(outcome, place)
                    let saysWhatToDo = outcome.status == 0 || outcome.errors.contains("space")
                    #expect(saysWhatToDo, "\(place): \(outcome)")
                }
            }
        }
    }

    @Test(arguments: FaultScenario.all) func `a sync that fails is an error, and nothing is lost`(
        scenario: FaultScenario
    ) async throws {
        try await offPool {
            let campaign = try FaultCampaign(scenario)
            let syncs = campaign.calls.filter(\.isSync)
            for number in FaultCampaign.chosen(of: syncs.count) {
                try campaign.attempt(.syncFails(number), at: syncs[number - 1]) { check($0, $1) }
            }
        }
    }

    /// Where it is not done, it names a file and ends with what to do; it never crashes.
    private func check(_ outcome: VStoreProgram.Outcome, _ place: Comment) {
        #expect([0, 2, 74].contains(outcome.status), "\(place): \(outcome)")
        guard outcome.status != 0 else { return }
        #expect(outcome.errors.contains("/"), "\(place): \(outcome)")
        let lines = outcome.errors.split(separator: "\n")
        // A command that writes JSON has both in an object.
        #expect(lines.last.map { $0.hasSuffix(".") || $0.hasSuffix("}") } == true, "\(place): \(outcome)")
    }
}
