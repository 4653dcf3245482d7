import ArgumentParser
import Keys
import Logging
import Node
import Tickets

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Run a worker node of one line.",
        discussion: """
            Prints `ready node NAME LINE BROKER` once the broker has let it in. SIGTERM or Ctrl-C drains it: it takes \
            nothing new and finishes what it holds.

            On a line with `offers` whoever is behind the node has to accept each ticket in time: with --ask a program \
            says whether they do. A missed offer goes to somebody else, and the node gets no more until it hears \
            SIGUSR1: somebody is back.

            A program that cannot be started is no fault of a ticket: tickets go back as they came, and the node takes \
            none until the program is there again.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var settings: NodeOptions

    func run() async throws {
        let runner = try RoleRunner(role: "node", options: role)
        let file = settings.over(try role.file(NodeFile.self))
        guard let nameText = file.name, let lineText = file.line else {
            throw Failure(
                .usage,
                "a node needs a name and a line: give --name and --line, or `name:` and `line:` in the file")
        }
        let name = try Name(argument: nameText, "the node's name")
        let line = try Name(argument: lineText, "the node's line")
        let seats = file.seats ?? 4
        guard (1...Limits().seatsMax).contains(seats) else {
            throw Failure(.usage, "\(seats) seats: a node has from 1 to \(Limits().seatsMax)")
        }
        let handler = try (file.handler?.value ?? HandlerFile()).handler(logger: runner.logger)
        if let obstacle = handler.obstacle() {
            throw Failure(
                .noInput, "\(obstacle): correct --command or --ask, or `command:` or `ask:` in the file")
        }
        let keyPath = file.key.map(DataFolder.absolute) ?? DataFolder(file.data).keys.keyPath("node")
        let broker = file.broker ?? Endpoints().broker
        if file.insecureLoopback == true { try InsecureLoopbackOption.check(broker) }
        let coordinator = file.coordinator ?? Endpoints().coordinator
        var configuration = NodeConfiguration(
            brokerEndpoint: broker, coordinatorEndpoint: coordinator == "none" ? nil : coordinator,
            key: try KeyFile.load(keyPath), name: name, line: line, seats: seats,
            handler: handler)
        configuration.isInsecureLoopback = file.insecureLoopback == true
        // A file that cannot be read now is as good as the one that was read first.
        configuration.readKey = { try? KeyFile.load(keyPath) }
        configuration.shift = file.shift ?? ""
        let returns = ReturnSignals()
        configuration.returns = returns.stream
        if let grace = file.drainGraceMs {
            guard grace >= 0 else {
                throw Failure(.usage, "`drainGraceMs` is \(grace): it must be 0 or more, or left out")
            }
            configuration.drainGraceMilliseconds = grace
        }
        let service = NodeService(configuration, logger: runner.logger) { _ in
            runner.ready(name.text, line.text, broker)
        }
        try await runner.run([service])
        withExtendedLifetime(returns) {}
    }
}
