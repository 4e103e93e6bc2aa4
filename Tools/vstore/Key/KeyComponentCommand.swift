import ArgumentParser
import CardCrypto
import Issuing
import ValueProtocol

struct KeyComponentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "component", abstract: "Generate a random key component for a custodian's sheet.",
        discussion: """
            Shows 32 hexadecimal digits and their check value, to be written down by one custodian who is alone with \
            the computer, and typed in at the ceremony. Nothing is kept.

              vstore key component
            """)

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let component = try KeyComponent.random(try CipherSuite())
        let digits = component.sheetDigits.withBytes { String(decoding: $0, as: UTF8.self) }
        common.console.output(
            ["component": .text(digits), "checkValue": .text("\(component.checkValue)")],
            ["component    \(digits)", "check value  \(component.checkValue)"])
    }
}
