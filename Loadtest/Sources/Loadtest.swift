import ArgumentParser

/// Load tests of a Switchboard desk.
@main
struct Loadtest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadtest",
        abstract: "Load tests of a Switchboard desk.",
        discussion:
            "Everything stays on loopback. Each test starts a broker of its own on a folder of its own.",
        subcommands: [Lifecycles.self, PeersCommand.self, BareBrokerCommand.self])
}
