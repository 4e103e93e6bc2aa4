import ArgumentParser

struct GPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gp", abstract: "Look at GlobalPlatform cards (Java Cards) and put keys on them.",
        discussion: """
            info and keys read public data; list, put-keys and store open a secure channel (SCP03, or \
            SCP02 with --3des) and need the keys of its security domain. --emulated tries it all on an emulated card whose \
            keys are the test key.
            """,
        subcommands: [GPInfo.self, GPList.self, GPKeys.self, GPPutKeys.self, GPStore.self])
}
