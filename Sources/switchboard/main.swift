await Switchboard.start()
