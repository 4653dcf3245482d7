import ArgumentParser
import Tickets

/// The command line of Switchboard: one executable for every role and for everything that a person does.
struct Switchboard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "A support desk that runs as a cluster.",
        discussion: """
            Start a whole desk on this machine with `switchboard up`; then try `switchboard stats` and \
            `switchboard ticket list`.

            The data folder is the one of --data, else of $SWITCHBOARD_DATA, else ~/.local/share/switchboard.
            With --json a command prints one object on standard output, and everything else on standard error.
            Completions for your shell: `switchboard --generate-completion-script bash` (or zsh, fish).

            EXIT CODES
            \(ExitStatus.table)
            """,
        version: softwareVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [UpCommand.self, BrokerCommand.self, NodeCommand.self, CoordinatorCommand.self]),
            CommandGroup(
                name: "Work",
                subcommands: [
                    SubmitCommand.self, OutboxCommand.self, TicketCommand.self, CustomerCommand.self,
                    ForwardCommand.self,
                ]),
            CommandGroup(
                name: "Look after",
                subcommands: [
                    ConfigCommand.self, StatsCommand.self, NodesCommand.self, ReportCommand.self,
                    FeedbackCommand.self, VerifyCommand.self, RebuildViewCommand.self, ReplayCommand.self,
                    ImportCommand.self, ExportCommand.self, RehearseCommand.self, KeysCommand.self,
                    AuditCommand.self,
                    SimulateCommand.self,
                ]),
        ])
}

extension Switchboard {
    /// Runs the command of this process's arguments.
    ///
    /// On the main thread: calls that wait for an answer sleep in it, everything else is `async`.
    @MainActor
    static func start() async {
        do {
            let arguments = joined(Array(CommandLine.arguments.dropFirst()))
            try refuseStrayNumbers(arguments)
            try refuseStrangeCommand(arguments)
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(with: error)
        }
    }
}

extension Switchboard {
    /// The arguments with `--minutes -5` as `--minutes=-5`: the parser takes what begins with a hyphen for an option, and
    /// would say that the value is missing.
    static func joined(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        for (index, argument) in arguments.enumerated() {
            // Behind it there are no options.
            if argument == "--" { return joined + arguments[index...] }
            if let last = joined.last, last.hasPrefix("--"), !last.contains("="), argument.hasPrefix("-"),
                Double(argument) != nil
            {
                joined[joined.count - 1] = "\(last)=\(argument)"
            } else {
                joined.append(argument)
            }
        }
        return joined
    }
}

extension Switchboard {
    /// No option is called `-5`: the parser would say of `ticket show -5` that the number is missing.
    ///
    /// - Throws: What the first such argument may have been meant for.
    static func refuseStrayNumbers(_ arguments: [String]) throws {
        let read = arguments.prefix { $0 != "--" }
        guard let stray = read.first(where: { $0.hasPrefix("-") && Double($0) != nil }) else { return }
        throw ValidationError(
            "`\(stray)` is no option, and no ticket has a number below 1; a text that begins with a hyphen stands behind "
                + "two others: -- \(stray)")
    }
}

extension Switchboard {
    /// The parser would say that an argument is unexpected, and not what was.
    ///
    /// - Throws: The word that is no command where one is to stand, and the nearest one.
    static func refuseStrangeCommand(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = Switchboard.self
        var words = [_commandName]
        for word in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            guard let next = known.first(where: { $0._commandName == word }) else {
                let names = known.map { $0._commandName }
                let hint = NearestWord.to(word, among: names).map { "the nearest is `\($0)`" }
                throw ValidationError(
                    "`\(words.joined(separator: " "))` has no command `\(Terminal.harmless(word))`; "
                        + (hint ?? "there are \(names.joined(separator: ", "))"))
            }
            command = next
            words.append(word)
        }
    }
}

/// What `--version` says.
let softwareVersion = "1.0.0"
