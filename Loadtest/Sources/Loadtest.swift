import ArgumentParser
import Foundation
import Scenarios

/// Load tests of a Switchboard desk.
@main
struct Loadtest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadtest",
        abstract: "Load tests of a Switchboard desk.",
        discussion:
            "Everything stays on loopback. Each test starts a broker of its own on a folder of its own.",
        subcommands: [RunCommand.self, Lifecycles.self, PeersCommand.self, BareBrokerCommand.self])

    /// As the parser's own, but with the house's exit codes and one line for each error.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as RunFailure {
            fail(failure.reason, code: failure.code)
        } catch let error as ScenarioError {
            fail("\(error)", code: 64)
        } catch {
            exit(withError: error)
        }
    }

    private static func fail(_ reason: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data("loadtest: \(reason)\n".utf8))
        Foundation.exit(code)
    }
}
