import Glibc

/// Says which frame it was when the process ends under it, or goes on with it for too long.
enum Watchdog {
    /// Seconds of a core that no frame may take; most take microseconds. Not of the clock: a machine has other work too.
    static let frameSeconds = 30

    // Written by the one thread that fuzzes, read by a signal handler on that same thread.
    nonisolated(unsafe) private static var frame: UInt64 = 0
    // The same.
    nonisolated(unsafe) private static var seed: UInt64 = 0

    static func start(seed: UInt64) {
        self.seed = seed
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGPROF] {
            signal(number) { _ in Watchdog.tell() }
        }
    }

    static func begin(_ frame: UInt64) {
        self.frame = frame
        if frame.isMultiple(of: 256) { wait(seconds: frameSeconds) }
    }

    static func stop() {
        wait(seconds: 0)
    }

    /// Until the signal; 0 for none.
    private static func wait(seconds: Int) {
        var timer = itimerval()
        timer.it_value.tv_sec = seconds
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    }

    static var peakMib: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss >> 10
    }

    /// In a signal handler: no memory is asked for here.
    private static func tell() {
        tell("fuzz: ended under, or stayed with, frame ", frame)
        tell(" of seed ", seed)
        _ = write(2, "\n", 1)
        _exit(70)
    }

    private static func tell(_ text: StaticString, _ number: UInt64) {
        _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
        var power: UInt64 = 1
        while number / power >= 10 { power *= 10 }
        while power > 0 {
            var digit = UInt8(48 + number / power % 10)
            _ = write(2, &digit, 1)
            power /= 10
        }
    }
}
