# When the only output is unplugged and plugged again, the picture is back and the app has not
# noticed more than that its output went.
. /purje/machine/lib

phone_starts
unlock_without_code
app_starts
still app
step "unplugged"
guest-tool panel unplug 0
within 20 eval '! see gone'
app_lives
step "plugged"
guest-tool panel plug 0
within 30 back_to again app
app_lives

step "a second screen comes and goes"
guest-tool panel plug 1
sleep 1
guest-tool panel unplug 1
within 30 back_to again app
app_lives
