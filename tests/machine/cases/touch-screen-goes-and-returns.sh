# A touch screen that is unplugged under a resting finger leaves nothing stuck; one that comes back
# works.
. /purje/machine/lib

phone_starts
step "the touch screen goes while it is touched"
finger down 0 0.5 0.85
finger move 0 0.5 0.6
finger remove
within 20 back_to settled lock --part 0,0.1,1,0.9
step "and returns"
finger add
# A moment, as between plugging in and touching.
sleep 0.5
unlock_without_code
